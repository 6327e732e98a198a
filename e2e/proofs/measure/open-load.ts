import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';

/** What came of one call of the load. */
export interface LoadOutcome {
  /** Milliseconds on the monotonic clock at which it was sent. */
  readonly sentAt: number;
  readonly ms: number;
  /** `200`, the `code` of a problem document, or the name of a failure without an answer. */
  readonly outcome: string;
  /** How often the provider was asked, as a 200 says. */
  readonly attempts: number | undefined;
}

export interface OpenLoad {
  /** So far; grows while the load runs. */
  readonly outcomes: readonly LoadOutcome[];
  /** Sends no more, and resolves when everything that was sent has been answered. */
  stop(): Promise<void>;
}

/**
 * Sends calls at a fixed rate, whatever the answers (an open model: a slow mesh is not spared). `token` is asked for each
 * call. Over plain HTTP, so that what is seen is the mesh's and not TLS's.
 */
export function startOpenLoad(options: {
  url: string;
  path: string;
  body: object;
  ratePerSecond: number;
  token: () => string;
  headers?: Readonly<Record<string, string>>;
  /** Longest wait for an answer, in milliseconds. Default: 30 s. */
  headersTimeout?: number;
}): OpenLoad {
  const { url, path, ratePerSecond, token, headersTimeout = 30_000 } = options;
  const pool = new Pool(url, { connections: 512 });
  const body = JSON.stringify(options.body);
  const outcomes: LoadOutcome[] = [];
  const underWay = new Set<Promise<void>>();

  async function call(): Promise<void> {
    const sentAt = performance.now();
    const answered = await send().catch((error: NodeJS.ErrnoException) => ({
      outcome: error.code ?? error.name,
      attempts: undefined,
    }));
    outcomes.push({ sentAt, ms: performance.now() - sentAt, ...answered });
  }
  async function send(): Promise<Pick<LoadOutcome, 'outcome' | 'attempts'>> {
    const headers = {
      ...options.headers,
      authorization: `Bearer ${token()}`,
      'content-type': 'application/json',
    };
    const response = await pool.request({ method: 'POST', path, headers, body, headersTimeout });
    const text = await response.body.text();
    if (response.statusCode !== 200)
      return { outcome: codeOf(text, response.statusCode), attempts: undefined };
    const { meta } = JSON.parse(text) as { meta?: { attempts?: number } };
    return { outcome: '200', attempts: meta?.attempts };
  }

  const begunAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - begunAt) / 1_000) * ratePerSecond;
    for (; sent < due; sent += 1) {
      const running: Promise<void> = call().finally(() => underWay.delete(running));
      underWay.add(running);
    }
  }, 5);

  return {
    outcomes,
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      await pool.close();
    },
  };
}

/** The code of a problem document, else the status. */
export function codeOf(text: string, status: number): string {
  try {
    return (JSON.parse(text) as { code?: string }).code ?? String(status);
  } catch {
    return String(status);
  }
}

/** How often each outcome came, the most frequent first: `200: 5000, token.expired: 3`. */
export function countOutcomes(outcomes: readonly LoadOutcome[]): string {
  const counts = Map.groupBy(outcomes, ({ outcome }) => outcome);
  return [...counts]
    .map(([outcome, { length }]) => ({ outcome, length }))
    .sort((a, b) => b.length - a.length)
    .map(({ outcome, length }) => `${outcome}: ${length}`)
    .join(', ');
}
