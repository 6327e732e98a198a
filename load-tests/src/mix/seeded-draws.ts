/** Numbers that look random and are the same for the same seed and number. */
export interface SeededDraws {
  /** In [0, 1). */
  share(): number;
  /** One of them, all alike. */
  oneOf<T>(choices: readonly [T, ...T[]]): T;
  /** An integer in [0, below). */
  integer(below: number): number;
}

/** Mulberry32 over a mix of both: nobody's secret hangs on it. It runs in k6 as in Node. */
export function createSeededDraws(seed: number, number: number): SeededDraws {
  let state = mixed(mixed(seed) ^ number);
  const share = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (below: number) => Math.floor(share() * below);
  return { share, integer, oneOf: (choices) => choices[integer(choices.length)] ?? choices[0] };
}

/** The finalizer of MurmurHash3. */
function mixed(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
