import {
  type ExchangeContext,
  isSuccess,
  malformedAnswer,
  type ProviderClient,
  type ProviderResponse,
  parseJsonAnswer,
  rejectedAnswer,
  waitForDetached,
} from '@4runr/adapter-kit';
import * as z from 'zod';
import type { AccessTokenSource } from './access-token-source.ts';
import type { MailboxCredential } from './mailbox-credential.ts';

/** A sent message (https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages). */
const sentSchema = z.object({
  id: z.string().min(1),
  threadId: z.string().optional(),
  labelIds: z.array(z.string()).optional(),
});
export type SentMessage = z.infer<typeof sentSchema>;

/** What Google's APIs say of a failure (https://google.aip.dev/193). */
const complaintSchema = z
  .object({ error: z.object({ message: z.string(), status: z.string().optional() }) })
  .transform(({ error: { message, status } }) => ({ message, code: status }));

export interface OutgoingMail {
  /** The whole message in the Internet Message Format (RFC 5322). */
  readonly message: Buffer;
  /** Of the mailbox that sends it. */
  readonly credential: MailboxCredential;
}

export interface GmailClient {
  /**
   * Sends a message, at most once.
   *
   * @throws ProblemError `upstream.rejected`, `upstream.failed`, `upstream.timeout`
   */
  send(context: ExchangeContext, mail: OutgoingMail): Promise<SentMessage>;
}

const sendPath = '/gmail/v1/users/me/messages/send';

export function createGmailClient(
  provider: ProviderClient,
  { baseUrl, tokens }: { baseUrl: string; tokens: AccessTokenSource },
): GmailClient {
  const post = (context: ExchangeContext, body: string, token: string): Promise<ProviderResponse> =>
    provider.request(context, {
      method: 'POST',
      url: new URL(`${baseUrl}${sendPath}`),
      template: sendPath,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    });

  /** A 401 says that nothing was sent, so one more attempt with a new token cannot send the mail twice. */
  async function postAuthorized(
    context: ExchangeContext,
    { message, credential }: OutgoingMail,
  ): Promise<ProviderResponse> {
    const body = JSON.stringify({ raw: message.toString('base64url') });
    const token = await waitForDetached(context, tokens.get(credential));
    const response = await post(context, body, token);
    if (response.status !== 401) return response;
    tokens.drop(token);
    return post(context, body, await waitForDetached(context, tokens.get(credential)));
  }

  return {
    async send(context, mail) {
      const response = await postAuthorized(context, mail);
      if (!isSuccess(response)) throw rejectedAnswer(response, complaintSchema);
      const sent = sentSchema.safeParse(parseJsonAnswer(response));
      if (!sent.success) throw malformedAnswer('Gmail answered in an unknown form.', sent.error);
      return sent.data;
    },
  };
}
