import { type ActionManifest, factAnnotation } from '@4runr/contracts/manifest';

/** Parameters of `gmail_send:send`. */
export interface SendParams {
  readonly to: string | readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly cc?: string | readonly string[];
  readonly bcc?: string | readonly string[];
  readonly attachments?: readonly AttachmentParams[];
}

export interface AttachmentParams {
  readonly filename: string;
  readonly contentType: string;
  /** Base64 (RFC 4648 section 4). */
  readonly content: string;
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

/** Of all attachments of a mail together, in bytes: with the edge's limit of a body, base64 takes a third more. */
export const attachmentBytesMax = 5 * 1024 * 1024;

const attachmentsMax = 20;

/** Characters that end a line, lead out of a folder, or turn the direction of what is shown (`exe.fdp` as `pdf.exe`). */
const unfitForFilenames = '\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069/\\\\';

const attachment = {
  type: 'object',
  required: ['filename', 'contentType', 'content'],
  properties: {
    filename: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      pattern: `^[^${unfitForFilenames}]+$`,
      description: 'Name of the file, in any script, without folders.',
    },
    contentType: {
      type: 'string',
      maxLength: 127,
      // RFC 6838 section 4.2, without parameters. Messages and multiparts cannot be sent as base64 (RFC 2045 section 6.4).
      pattern:
        '^(?![Mm][Uu][Ll][Tt][Ii][Pp][Aa][Rr][Tt]/|[Mm][Ee][Ss][Ss][Aa][Gg][Ee]/)[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*$',
      description: 'Media type, e.g. application/pdf.',
    },
    content: {
      type: 'string',
      contentEncoding: 'base64',
      minLength: 4,
      maxLength: Math.ceil(attachmentBytesMax / 3) * 4,
      description: 'The file in base64, padded.',
    },
  },
  additionalProperties: false,
};

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
      attachments: {
        type: 'array',
        minItems: 1,
        maxItems: attachmentsMax,
        items: attachment,
        description:
          'Files, together no larger than 5 MiB. The whole call must fit what the gateway takes, 1 MiB unless its operators have raised it: some 750 KB of files in base64, beyond which it is answered 413 body.too_large.',
      },
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
