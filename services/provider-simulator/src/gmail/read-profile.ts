import type { RequestHandler } from 'express';
import type { Mailbox } from '../domain/mailbox.ts';

/** Of the mailbox that everything is sent from. */
const emailAddress = 'gateway@company.com';

/**
 * Tells of the mailbox what was sent from it
 * (https://developers.google.com/workspace/gmail/api/reference/rest/v1/users/getProfile, read 2026-11-25).
 */
export function readProfile(mailbox: Mailbox): RequestHandler {
  return (_request, response) => {
    const { received } = mailbox.page(0);
    response.json({
      emailAddress,
      messagesTotal: received,
      threadsTotal: received,
      historyId: String(1_000 + received),
    });
  };
}
