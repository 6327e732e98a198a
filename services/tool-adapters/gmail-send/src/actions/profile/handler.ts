import type { ActionHandler, CredentialSource } from '@4runr/adapter-kit';
import type { GmailClient } from '../../client/gmail-client.ts';
import type { MailboxCredential } from '../../client/mailbox-credential.ts';

/** `gmail_send:profile`: the result is Gmail's profile of the mailbox. */
export function createProfileHandler(
  gmail: GmailClient,
  credentials: CredentialSource<MailboxCredential>,
): ActionHandler {
  return async (call) => ({ result: await gmail.readProfile(call, credentials.get()) });
}
