/** The first Ctrl-C ends the load; the stack is stopped all the same. */
export function interruptedBySignals(): AbortSignal {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort());
  return interruption.signal;
}
