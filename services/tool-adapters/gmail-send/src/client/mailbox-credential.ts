import { secretText } from '@4runr/adapter-kit';
import * as z from 'zod';

/** Access to the mailbox that mail is sent from. */
export interface MailboxCredential {
  readonly clientId: string;
  readonly clientSecret: string;
  /** With the scope gmail.send. */
  readonly refreshToken: string;
  /** Address of the mailbox, or an alias of it. */
  readonly sender: string;
}

const addressSchema = z.string().regex(/^[^\s@<>,;:"()]+@[^\s@<>,;:"()]+$/, 'is not a plain address');

/**
 * What `PUT /v1/credentials/gmail_send` has to hold.
 *
 * @param sender stands in where the credential names none; empty stands in for nothing
 */
export function mailboxCredentialSchema(sender: string): z.ZodType<MailboxCredential> {
  return z.strictObject({
    clientId: secretText(),
    clientSecret: secretText(),
    refreshToken: secretText(),
    sender: sender === '' ? addressSchema : addressSchema.prefault(sender),
  });
}
