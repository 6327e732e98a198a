import { type RunningService, startService } from '@4runr/service-kit/lifecycle';
import { compose } from '../compose.ts';
import { readConfig } from '../config.ts';
import type { MailPage } from '../domain/mailbox.ts';
import type { RequestCount } from '../domain/request-counts.ts';

/** A running simulator, and the requests that its providers' clients make. */
export interface TestSimulator {
  readonly service: RunningService;
  request(path: string, init?: RequestInit): Promise<Response>;
  /** Sends JSON with a key or token. */
  postJson(path: string, body: unknown, token?: string): Promise<Response>;
  /** A fresh access token of the simulated Google, for a refresh token that it knows. */
  accessToken(refreshToken?: string): Promise<string>;
  counts(): Promise<readonly RequestCount[]>;
  mailbox(query?: string): Promise<MailPage>;
}

/** Starts the real service on a free port. */
export async function startSimulator(
  environment: Readonly<Record<string, string>> = {},
): Promise<TestSimulator> {
  const service = await startService({
    name: 'provider-simulator',
    config: () => readConfig({ PORT: '0', LOG_LEVEL: 'silent', SHUTDOWN_GRACE_MS: '100', ...environment }),
    compose,
  });
  const request = (path: string, init?: RequestInit) => fetch(`${service.url}${path}`, init);
  const read = async <T>(path: string) => (await (await request(path)).json()) as T;
  return {
    service,
    request,
    postJson: (path, body, token) =>
      request(path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async accessToken(refresh_token = 'refresh') {
      const response = await request('/token', { method: 'POST', body: refreshForm({ refresh_token }) });
      return ((await response.json()) as { access_token: string }).access_token;
    },
    counts: async () => (await read<{ items: RequestCount[] }>('/_sim/counts')).items,
    mailbox: (query = '') => read<MailPage>(`/_sim/mailbox${query}`),
  };
}

/** The form of the refresh-token grant. */
export function refreshForm(changes: Readonly<Record<string, string>> = {}): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'client',
    client_secret: 'secret',
    refresh_token: 'refresh',
    ...changes,
  });
}
