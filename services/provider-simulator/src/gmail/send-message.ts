import { randomBytes } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import * as z from 'zod';
import type { Mail, Mailbox } from '../domain/mailbox.ts';
import { queryParameter } from '../http/query-parameter.ts';
import { answerGoogleError } from './google-error.ts';
import { readMail } from './read-mail.ts';

/** The whole message, in base64url (RFC 4648 section 5), padded or not. */
const sendRequestSchema = z.looseObject({
  raw: z
    .string()
    .regex(/^[\w-]+={0,2}$/)
    .transform((raw) => Buffer.from(raw, 'base64url')),
});

/**
 * Puts a message into the mailbox
 * (https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/send, read 2026-11-24).
 */
export function sendMessage(mailbox: Mailbox): RequestHandler {
  return async (request, response) => {
    const body = sendRequestSchema.safeParse(request.body ?? {});
    if (body.success) await deliver(mailbox, body.data.raw, response);
    else answerGoogleError(response, 400, missingRaw);
  };
}

/**
 * The same for a message that is the body itself
 * (https://developers.google.com/workspace/gmail/api/guides/uploads, read 2026-11-26: simple upload).
 */
export function sendUploadedMessage(mailbox: Mailbox): RequestHandler {
  return async (request, response) => {
    if (queryParameter(request, 'uploadType') === 'media' && Buffer.isBuffer(request.body))
      await deliver(mailbox, request.body, response);
    else answerGoogleError(response, 400, missingRaw);
  };
}

async function deliver(mailbox: Mailbox, raw: Buffer, response: Response): Promise<void> {
  const mail = await tryRead(raw);
  if (mail === undefined) return answerGoogleError(response, 400, 'Invalid MIME message');
  if (mail.to.length + mail.cc.length + mail.bcc.length === 0)
    return answerGoogleError(response, 400, 'Recipient address required');
  const id = randomBytes(8).toString('hex');
  mailbox.add({ id, ...mail, bytes: raw.length, receivedAt: new Date().toISOString() });
  response.json({ id, threadId: id, labelIds: ['SENT'] });
}

const missingRaw = "'raw' RFC822 payload message string or uploading message via /upload/* URL required";

/** Undefined for what no mail software could read, such as parts nested without end. */
async function tryRead(raw: Buffer): Promise<Omit<Mail, 'id' | 'bytes' | 'receivedAt'> | undefined> {
  try {
    return await readMail(raw);
  } catch {
    return undefined;
  }
}
