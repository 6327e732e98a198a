/** Before every message of a stream. */
export const startOfFeed = '0-0';

/** Whether a message of a Redis stream comes after another. Ids are `<milliseconds>-<sequence>`. */
export function isAfter(id: string, other: string): boolean {
  const [ms, sequence] = parts(id);
  const [otherMs, otherSequence] = parts(other);
  return ms === otherMs ? sequence > otherSequence : ms > otherMs;
}

function parts(id: string): [ms: number, sequence: number] {
  const dash = id.indexOf('-');
  return [Number(id.slice(0, dash)), Number(id.slice(dash + 1))];
}
