/**
 * Settles as the work does, but rejects when it takes longer than `timeoutMs`. The work itself is not stopped.
 *
 * @throws Error naming the time that was given, code `ETIMEDOUT`
 */
export async function within<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const { promise: timedOut, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(Object.assign(new Error(`not done within ${timeoutMs} ms`), { code: 'ETIMEDOUT' }));
  }, timeoutMs);
  try {
    return await Promise.race([work(), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
