/**
 * Hosts of the small web that the simulator plays: exact names, and `*.` for every name below one. In mock mode the
 * installer connects `http_fetch` to the simulator for these, and gives it certificates that name them.
 */
export const simulatedHosts: readonly string[] = [
  'example.com',
  '*.example.com',
  'example.org',
  'wikipedia.org',
  '*.wikipedia.org',
];
