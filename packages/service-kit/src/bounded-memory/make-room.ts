/** Forgets what was remembered first, where there are as many as may be: there is room for one more then. */
export function makeRoom(remembered: Map<string, unknown>, entriesMax: number): void {
  if (remembered.size < entriesMax) return;
  const [oldest] = remembered.keys();
  if (oldest !== undefined) remembered.delete(oldest);
}
