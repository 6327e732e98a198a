/** Forgets what was remembered first, where there are as many as may be: there is room for one more then. */
export function makeRoom(remembered: Map<string, unknown>, entriesMax: number): void {
  const [oldest] = remembered.keys();
  if (remembered.size >= entriesMax && oldest !== undefined) remembered.delete(oldest);
}
