import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Kit } from '../lifecycle/kit.ts';
import { repeatUntilClosed } from '../lifecycle/repeat-until-closed.ts';

/** How often names are looked up, in milliseconds: so long a replica that came gets no calls. */
const lookUpEveryMs = 5_000;

/** All addresses of a name; rejects when it has none. */
export type LookUp = (host: string) => Promise<readonly string[]>;

const lookUpAll: LookUp = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * Tells the origins of replicas: a URL stands for as many as its name has addresses, which are looked up again and again until the
 * service closes. So replicas that come and go behind a name share the load by themselves. While a name cannot be looked up, what it
 * stood for last holds; before the first answer, and for https (whose certificates are for names), the URL itself.
 */
export function followReplicas(
  kit: Pick<Kit, 'logger' | 'onClose'>,
  urls: readonly string[],
  { lookUp = lookUpAll, everyMs = lookUpEveryMs } = {},
): () => readonly string[] {
  const found = urls.map((url) => [url]);
  let origins: readonly string[] = urls;
  urls.forEach((url, index) => {
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'http:' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return;
    repeatUntilClosed(kit, {
      ...{ name: `look-up of ${hostname}`, everyMs, jitter: 0.1 },
      async run() {
        const addresses = [...new Set(await lookUp(hostname))].sort();
        found[index] = addresses.map((address) => originAt(url, address));
        origins = found.flat();
      },
    });
  });
  return () => origins;
}

function originAt(url: string, address: string): string {
  const origin = new URL(url);
  origin.hostname = isIP(address) === 6 ? `[${address}]` : address;
  return origin.origin;
}
