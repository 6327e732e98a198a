import { type ActionManifest, factAnnotation } from '@4runr/contracts/manifest';

/** Parameters of `gmail_send:send`. */
export interface SendParams {
  readonly to: string | readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly cc?: string | readonly string[];
  readonly bcc?: string | readonly string[];
}

/**
 * One plain ASCII address, as policies judge it: no display name, comment, list or quoted part, which two programs may
 * read differently.
 */
const atom = "[A-Za-z0-9_#$&'*+/=?^`{|}~-]+";
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const address = {
  type: 'string',
  maxLength: 254,
  pattern: `^${atom}(?:\\.${atom})*@(?:${label}\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`,
  [factAnnotation]: 'recipient',
};

/** Together with the 100 of each of the three lists well below Gmail's own limit of 500 recipients. */
const addressesMax = 100;

const addresses = (description: string) => ({
  description,
  anyOf: [address, { type: 'array', minItems: 1, maxItems: addressesMax, items: address }],
});

export const sendManifest: ActionManifest = {
  description: 'Sends an e-mail. Whoever asks twice sends it twice: use an Idempotency-Key.',
  effect: 'effect',
  timeoutMs: 30_000,
  params: {
    type: 'object',
    required: ['to', 'subject', 'text'],
    properties: {
      to: addresses('Address, or addresses, of the recipients.'),
      cc: addresses('Recipients of a copy.'),
      bcc: addresses('Recipients of a copy whom the others do not see.'),
      subject: {
        type: 'string',
        maxLength: 998,
        pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$',
        description: 'One line.',
      },
      text: { type: 'string', maxLength: 500_000, description: 'The message as plain text.' },
      html: { type: 'string', maxLength: 500_000, description: 'The same message as HTML.' },
    },
    additionalProperties: false,
    examples: [{ to: 'you@company.com', subject: 'Hello', text: 'From the gateway.' }],
  },
  result: {
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'string', description: 'Gmail’s id of the message.' },
      threadId: { type: 'string' },
      labelIds: { type: 'array', items: { type: 'string' } },
    },
    additionalProperties: false,
  },
};
