import type { ActionHandler } from '@4runr/adapter-kit';
import type { GmailClient } from '../../client/gmail-client.ts';
import { composeMessage } from './compose-message.ts';
import type { SendParams } from './manifest.ts';

/** `gmail_send:send`: the result is Gmail's id of the message. */
export function createSendHandler(gmail: GmailClient, sender: string): ActionHandler<SendParams> {
  return async (call) => {
    const message = await composeMessage(call.params, { sender, callId: call.callId });
    return { result: await gmail.send(call, message), usage: { messages: 1 } };
  };
}
