import type { FaultMode } from '@4runr/contracts/fault';
import { stack } from './gateway.ts';

/** A mail as the simulated Gmail received it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly { filename: string; contentType: string; bytes: number; sha256: string }[];
}

/** The newest mails with a subject. */
export async function mailsWith(subject: string): Promise<ReceivedMail[]> {
  const { items } = await read<{ items: ReceivedMail[] }>('/_sim/mailbox?limit=1000');
  return items.filter((mail) => mail.subject === subject);
}

/** How many requests have reached the simulated providers, whatever they were answered with. */
export async function arrivals(): Promise<number> {
  const { items } = await read<{ items: { received: number }[] }>('/_sim/counts');
  return items.reduce((sum, { received }) => sum + received, 0);
}

/** How many requests a provider has answered with a status so far; 499 where the client went away before all of the answer. */
export async function answersOf(provider: string, status: number): Promise<number> {
  const { items } = await read<{ items: { provider: string; statuses: Record<string, number> }[] }>(
    '/_sim/counts',
  );
  return items
    .filter((item) => item.provider === provider)
    .reduce((sum, { statuses }) => sum + (statuses[status] ?? 0), 0);
}

/** How many requests to a provider (`serpapi`, `openai`, `gmail`, `web`) faults have hit so far, by mode. */
export async function faultsOf(provider: string): Promise<Partial<Record<FaultMode, number>>> {
  const { items } = await read<{ items: { provider: string; faults: Record<string, number> }[] }>(
    '/_sim/counts',
  );
  const sums: Record<string, number> = {};
  for (const { faults } of items.filter((item) => item.provider === provider))
    for (const [mode, count] of Object.entries(faults)) sums[mode] = (sums[mode] ?? 0) + count;
  return sums;
}

/** How many requests have shown a provider the credential with this digest (SHA-256, hex). */
export async function requestsShowing(provider: string, sha256: string): Promise<number> {
  const { items } = await read<{ items: { provider: string; sha256: string; requests: number }[] }>(
    '/_sim/credentials',
  );
  return items.find((item) => item.provider === provider && item.sha256 === sha256)?.requests ?? 0;
}

async function read<T>(path: string): Promise<T> {
  return (await (await fetch(`${stack().simulator?.url}${path}`)).json()) as T;
}
