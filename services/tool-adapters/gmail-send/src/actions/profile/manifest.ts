import type { ActionManifest } from '@4runr/contracts/manifest';

export const profileManifest: ActionManifest = {
  description: 'Tells the address of the mailbox that mail is sent from, and how much is in it.',
  effect: 'read',
  timeoutMs: 10_000,
  params: { type: 'object', properties: {}, additionalProperties: false, examples: [{}] },
  result: {
    type: 'object',
    required: ['emailAddress'],
    properties: {
      emailAddress: { type: 'string' },
      messagesTotal: { type: 'integer' },
      threadsTotal: { type: 'integer' },
      historyId: { type: 'string', description: 'Where the history of the mailbox is.' },
    },
    additionalProperties: false,
  },
};
