/** By what `loadConfig` gave back: how each setting that a file holds is read again, by its name. */
const rereaders = new WeakMap<object, ReadonlyMap<string, () => unknown>>();

export function rememberRereaders(config: object, byName: ReadonlyMap<string, () => unknown>): void {
  rereaders.set(config, byName);
}

/**
 * Tells what a setting says now: where a file holds it, the file is read again each time, so that a password can change under a service
 * that runs. While the file is missing or says something unusable, what it said last holds.
 */
export function followSetting<C extends object, K extends keyof C & string>(config: C, name: K): () => C[K] {
  const reread = rereaders.get(config)?.get(name) as (() => C[K] | undefined) | undefined;
  let latest = config[name];
  if (reread === undefined) return () => latest;
  return () => (latest = reread() ?? latest);
}
