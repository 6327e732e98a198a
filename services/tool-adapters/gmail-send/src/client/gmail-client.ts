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
import { ProblemError } from '@4runr/service-kit/errors';
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

/** A mailbox (https://developers.google.com/workspace/gmail/api/reference/rest/v1/users/getProfile). */
const profileSchema = z.object({
  emailAddress: z.string().min(1),
  messagesTotal: z.int().optional(),
  threadsTotal: z.int().optional(),
  historyId: z.string().optional(),
});
export type MailboxProfile = z.infer<typeof profileSchema>;

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
  /**
   * Reads the profile of a mailbox. The scope gmail.send alone does not allow it.
   *
   * @throws ProblemError `upstream.rejected`, `upstream.failed`, `upstream.timeout`
   */
  readProfile(context: ExchangeContext, credential: MailboxCredential): Promise<MailboxProfile>;
}

/**
 * Where the message itself is the body, of up to 35 MB. In JSON (`raw`) Gmail takes far less, and does not document how much
 * (https://developers.google.com/workspace/gmail/api/guides/uploads).
 */
const sendPath = '/upload/gmail/v1/users/me/messages/send';
const profilePath = '/gmail/v1/users/me/profile';

export function createGmailClient(
  provider: ProviderClient,
  { baseUrl, tokens }: { baseUrl: string; tokens: AccessTokenSource },
): GmailClient {
  const ask = (
    context: ExchangeContext,
    { path, message }: ApiRequest,
    token: string,
  ): Promise<ProviderResponse> =>
    provider.request(context, {
      template: path,
      ...(message === undefined
        ? { method: 'GET', url: new URL(`${baseUrl}${path}`), headers: authorizationOf(token) }
        : {
            method: 'POST',
            url: new URL(`${baseUrl}${path}?uploadType=media`),
            headers: { ...authorizationOf(token), 'content-type': 'message/rfc822' },
            body: message,
          }),
    });

  /** A 401 says that nothing was done, so one more attempt with a new token cannot send a mail twice. */
  async function askAuthorized(
    context: ExchangeContext,
    credential: MailboxCredential,
    request: ApiRequest,
  ): Promise<ProviderResponse> {
    const token = await waitForDetached(context, tokens.get(credential));
    const response = await ask(context, request, token);
    if (response.status !== 401) return response;
    tokens.drop(token);
    const newer = await waitForDetached(context, tokens.get(credential)).catch((error: unknown) => {
      throw stillRefused(error, response.status);
    });
    return ask(context, request, newer);
  }

  return {
    async send(context, { message, credential }) {
      return readAnswer(await askAuthorized(context, credential, { path: sendPath, message }), sentSchema);
    },
    async readProfile(context, credential) {
      return readAnswer(await askAuthorized(context, credential, { path: profilePath }), profileSchema);
    },
  };
}

interface ApiRequest {
  readonly path: string;
  /** With one, it is uploaded. */
  readonly message?: Buffer;
}

function authorizationOf(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** What keeps a new token away is no doubt about what became of the request: Gmail has refused it. */
function stillRefused(error: unknown, upstreamStatus: number): unknown {
  if (!(error instanceof ProblemError)) return error;
  const { code, detail, headers, extensions } = error;
  return new ProblemError(code, {
    ...(detail === undefined ? {} : { detail }),
    headers,
    cause: error.cause ?? error,
    extensions: { ...extensions, upstreamStatus },
  });
}

function readAnswer<T>(response: ProviderResponse, schema: z.ZodType<T>): T {
  if (!isSuccess(response)) throw rejectedAnswer(response, complaintSchema);
  const answer = schema.safeParse(parseJsonAnswer(response));
  if (!answer.success) throw malformedAnswer('Gmail answered in an unknown form.', answer.error);
  return answer.data;
}
