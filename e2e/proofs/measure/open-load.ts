import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';

/** What came of one call of the load. */
export interface LoadOutcome {
  /** Milliseconds on the monotonic clock at which it was sent. */
  readonly sentAt: number;
  readonly ms: number;
  /** `200`, the `code` of a problem document, or the name of a failure without an answer. */
  readonly outcome: string;
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
}): OpenLoad {
  const { url, path, ratePerSecond, token } = options;
  const pool = new Pool(url, { connections: 256 });
  const body = JSON.stringify(options.body);
  const outcomes: LoadOutcome[] = [];
  const underWay = new Set<Promise<void>>();

  async function call(): Promise<void> {
    const sentAt = performance.now();
    const outcome = await send().catch((error: NodeJS.ErrnoException) => error.code ?? error.name);
    outcomes.push({ sentAt, ms: performance.now() - sentAt, outcome });
  }
  async function send(): Promise<string> {
    const headers = { authorization: `Bearer ${token()}`, 'content-type': 'application/json' };
    const response = await pool.request({ method: 'POST', path, headers, body, headersTimeout: 30_000 });
    const text = await response.body.text();
    return response.statusCode === 200 ? '200' : codeOf(text, response.statusCode);
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

function codeOf(text: string, status: number): string {
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
