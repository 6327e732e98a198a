import {
  isSuccess,
  malformedAnswer,
  type ProviderClient,
  parseJsonAnswer,
  rejectedAnswer,
  runDetached,
} from '@4runr/adapter-kit';
import * as z from 'zod';
import type { GmailSendConfig } from '../config.ts';
import type { MailboxCredential } from './mailbox-credential.ts';

/** The access token for the Gmail API, kept in memory alone and fetched anew ahead of its expiry. */
export interface AccessTokenSource {
  /**
   * A token for a credential that lives long enough for a call. Calls that come while one is fetched wait for the same. What
   * was held or is being fetched for another credential, be it only the same one stored again, is not used.
   *
   * @throws ProblemError `upstream.*` when the token endpoint does not give one
   */
  get(credential: MailboxCredential): Promise<string>;
  /** Forgets a token that the API has refused, unless a newer one is there already. */
  drop(token: string): void;
}

/** RFC 6749 section 5.1. */
const answerSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** RFC 6749 section 5.2. It is about the gateway's own credential, so none of it is told to agents. */
const complaintSchema = z
  .object({ error: z.string(), error_description: z.string().optional() })
  .transform(({ error, error_description }) => ({ code: [error, error_description].join(' ').trimEnd() }));

/** How long before its expiry a token is no longer used. Half of its life, when that is shorter. */
const marginMs = 60_000;
const refreshTimeoutMs = 10_000;

interface HeldToken {
  readonly credential: MailboxCredential;
  readonly token: string;
  readonly renewAt: number;
}

export function createAccessTokenSource(
  provider: Pick<ProviderClient, 'request'>,
  config: Pick<GmailSendConfig, 'tokenUrl'>,
  clock: () => number = Date.now,
): AccessTokenSource {
  let held: HeldToken | undefined;
  let refreshing: { readonly credential: MailboxCredential; readonly token: Promise<string> } | undefined;

  async function refresh(credential: MailboxCredential): Promise<string> {
    try {
      const answer = await requestToken(provider, config.tokenUrl, credential);
      const { access_token: token, expires_in: ttlSeconds } = answer;
      const ttlMs = ttlSeconds * 1_000;
      const renewAt = clock() + ttlMs - Math.min(marginMs, ttlMs / 2);
      if (refreshing?.credential === credential) held = { credential, token, renewAt };
      return token;
    } finally {
      if (refreshing?.credential === credential) refreshing = undefined;
    }
  }

  return {
    async get(credential) {
      if (held?.credential === credential && clock() < held.renewAt) return held.token;
      if (refreshing?.credential !== credential) refreshing = { credential, token: refresh(credential) };
      return refreshing.token;
    },
    drop(token) {
      if (held?.token === token) held = undefined;
    },
  };
}

/** The refresh-token grant (RFC 6749 section 6), as https://developers.google.com/identity/protocols/oauth2 has it. */
async function requestToken(
  provider: Pick<ProviderClient, 'request'>,
  tokenUrl: string,
  { clientId, clientSecret, refreshToken }: MailboxCredential,
): Promise<z.infer<typeof answerSchema>> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
  });
  const response = await runDetached({ action: 'send', timeoutMs: refreshTimeoutMs }, (context) =>
    provider.request(context, {
      method: 'POST',
      url: new URL(tokenUrl),
      template: '/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    }),
  );
  if (!isSuccess(response)) throw rejectedAnswer(response, complaintSchema);
  const answer = answerSchema.safeParse(parseJsonAnswer(response));
  if (!answer.success) throw malformedAnswer('The token endpoint answered in an unknown form.', answer.error);
  return answer.data;
}
