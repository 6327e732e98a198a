import { simulatedHosts } from '../hosts.ts';

/** The declared host (`example.com`, `*.wikipedia.org`) that a `Host` header names; undefined when it names none. */
export function simulatedHostOf(header: string | undefined): string | undefined {
  const name = hostNameOf(header);
  return simulatedHosts.find((host) =>
    host.startsWith('*.') ? name.endsWith(host.slice(1)) : name === host,
  );
}

/** The name in a `Host` header, in lower case and without its port. */
export function hostNameOf(header: string | undefined): string {
  return (header ?? '').toLowerCase().replace(/:\d+$/, '');
}
