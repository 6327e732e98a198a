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

/** The access token for the Gmail API, kept in memory alone and fetched anew ahead of its expiry. */
export interface AccessTokenSource {
  /**
   * A token that lives long enough for a call. Calls that come while one is fetched wait for the same.
   *
   * @throws ProblemError `upstream.*` when the token endpoint does not give one
   */
  get(): Promise<string>;
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
  readonly token: string;
  readonly renewAt: number;
}

export function createAccessTokenSource(
  provider: ProviderClient,
  config: Pick<GmailSendConfig, 'tokenUrl' | 'clientId' | 'clientSecret' | 'refreshToken'>,
  clock: () => number = Date.now,
): AccessTokenSource {
  let held: HeldToken | undefined;
  let refreshing: Promise<HeldToken> | undefined;

  async function refresh(): Promise<HeldToken> {
    try {
      const { access_token: token, expires_in: ttlSeconds } = await requestToken(provider, config);
      const ttlMs = ttlSeconds * 1_000;
      held = { token, renewAt: clock() + ttlMs - Math.min(marginMs, ttlMs / 2) };
      return held;
    } finally {
      refreshing = undefined;
    }
  }

  return {
    async get() {
      if (held !== undefined && clock() < held.renewAt) return held.token;
      refreshing ??= refresh();
      return (await refreshing).token;
    },
    drop(token) {
      if (held?.token === token) held = undefined;
    },
  };
}

/** The refresh-token grant (RFC 6749 section 6), as https://developers.google.com/identity/protocols/oauth2 has it. */
async function requestToken(
  provider: ProviderClient,
  config: Pick<GmailSendConfig, 'tokenUrl' | 'clientId' | 'clientSecret' | 'refreshToken'>,
): Promise<z.infer<typeof answerSchema>> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: config.clientId,
    client_secret: config.clientSecret,
    refresh_token: config.refreshToken,
  });
  const response = await runDetached({ action: 'send', timeoutMs: refreshTimeoutMs }, (context) =>
    provider.request(context, {
      method: 'POST',
      url: new URL(config.tokenUrl),
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
