import type { ActionHandler, CredentialSource } from '@4runr/adapter-kit';
import type { GmailClient } from '../../client/gmail-client.ts';
import type { MailboxCredential } from '../../client/mailbox-credential.ts';
import { composeMessage } from './compose-message.ts';
import type { SendParams } from './manifest.ts';

/** `gmail_send:send`: the result is Gmail's id of the message. One credential serves the whole call, sender and access. */
export function createSendHandler(
  gmail: GmailClient,
  credentials: CredentialSource<MailboxCredential>,
): ActionHandler<SendParams> {
  return async (call) => {
    const credential = credentials.get();
    const { sender } = credential;
    const message = await composeMessage(call.params, { sender, callId: call.callId });
    return { result: await gmail.send(call, { message, credential }), usage: { messages: 1 } };
  };
}
