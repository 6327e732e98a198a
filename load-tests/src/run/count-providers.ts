import { request } from 'undici';
import * as z from 'zod';
import type { ProviderCount } from '../record/run-record.ts';

const countsSchema = z.object({
  items: z.array(
    z.object({
      provider: z.string(),
      route: z.string(),
      received: z.int(),
      statuses: z.record(z.string(), z.int()),
    }),
  ),
});

/** What the simulated providers have received since they were started. */
export interface ProviderState {
  readonly providers: readonly ProviderCount[];
  readonly mails: number;
}

export async function readProviders(simulatorUrl: string): Promise<ProviderState> {
  const [counts, mailbox] = await Promise.all([
    read(`${simulatorUrl}/_sim/counts`),
    read(`${simulatorUrl}/_sim/mailbox?limit=1`),
  ]);
  const providers = countsSchema.parse(counts).items.map(({ provider, route, received, statuses }) => ({
    provider,
    route,
    received,
    ok: statuses['200'] ?? 0,
  }));
  return { providers, mails: z.object({ received: z.int() }).parse(mailbox).received };
}

async function read(url: string): Promise<unknown> {
  const { body } = await request(url);
  return body.json();
}

/** What came between two states of the same process. */
export function since(before: ProviderState, after: ProviderState): ProviderState {
  const providers = after.providers.map((now) => {
    const then = before.providers.find(
      ({ provider, route }) => provider === now.provider && route === now.route,
    );
    return { ...now, received: now.received - (then?.received ?? 0), ok: now.ok - (then?.ok ?? 0) };
  });
  return { providers, mails: after.mails - before.mails };
}
