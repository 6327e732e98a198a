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

async function read<T>(path: string): Promise<T> {
  return (await (await fetch(`${stack().simulator?.url}${path}`)).json()) as T;
}
