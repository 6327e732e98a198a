import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEgressGuard, ForbiddenTargetError } from '../../src/index.ts';

/** Networks whose addresses are inside, by their first address and the bits that are free. */
const inside: readonly (readonly [first: number, freeBits: number])[] = [
  [0x7f000000, 24],
  [0x0a000000, 24],
  [0xac100000, 20],
  [0xc0a80000, 16],
  [0xa9fe0000, 16],
  [0x64400000, 22],
  [0x00000000, 24],
  [0xe0000000, 28],
];

type Random = () => number;
type Writer = (bytes: readonly number[], random: Random) => string;

const pick = <T>(items: readonly T[], random: Random): T => items[Math.floor(random() * items.length)] as T;
const joined = (bytes: readonly number[]) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** A number as `inet_aton` takes it: decimal, octal or hexadecimal, with zeros before it. */
const number = (value: number, random: Random) =>
  pick(
    [
      String(value),
      `0${'0'.repeat(random() * 4)}${value.toString(8)}`,
      `0x${'0'.repeat(random() * 4)}${value.toString(16)}`,
      `0X${value.toString(16).toUpperCase()}`,
    ],
    random,
  );

/** An address as one to four numbers, each in a notation of its own. */
const parts: Writer = (bytes, random) => {
  const alone = Math.floor(random() * 4);
  const numbers = [...bytes.slice(0, alone), joined(bytes.slice(alone))];
  return numbers.map((value) => number(value, random)).join('.');
};

const groups = (bytes: readonly number[]) =>
  [joined(bytes.slice(0, 2)), joined(bytes.slice(2))].map((value) => value.toString(16)).join(':');

/** Addresses of IPv6 that carry one of IPv4. */
const carriers: readonly Writer[] = [
  (bytes) => `[::ffff:${groups(bytes)}]`,
  (bytes) => `[0:0:0:0:0:FFFF:${bytes.join('.')}]`,
  (bytes) => `[::${bytes.join('.')}]`,
  (bytes) => `[::ffff:0:${groups(bytes)}]`,
  (bytes) => `[64:ff9b::${groups(bytes)}]`,
  (bytes) => `[64:ff9b:1::${bytes.join('.')}]`,
  (bytes) => `[2002:${groups(bytes)}::1]`,
  (bytes) => `[2001:0:${groups(bytes)}::1]`,
];

/** Other characters for the same text: what browsers and `URL` take for it. */
const disguises: readonly ((text: string, random: Random) => string)[] = [
  (text) => text,
  (text) => text.replaceAll(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  (text, random) => text.replaceAll('.', () => pick(['.', '。', '．', '｡', '%2e', '%2E'], random)),
  (text, random) =>
    text.replaceAll(/./g, (char) => (random() < 0.3 ? `%${char.charCodeAt(0).toString(16)}` : char)),
  (text) => `${text}.`,
];

/** The same numbers every time (a linear congruential generator, of Numerical Recipes). */
function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('an address of the inside', () => {
  it('is refused in whatever notation it is written', async (t) => {
    const guard = createEgressGuard();
    t.after(() => guard.close());
    const random = createRandom(5);
    for (let round = 0; round < 10_000; round += 1) {
      const [first, freeBits] = pick(inside, random);
      const value = first + Math.floor(random() * 2 ** freeBits);
      const bytes = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
      const isSixth = random() < 0.3;
      const host = isSixth
        ? pick(carriers, random)(bytes, random)
        : pick(disguises, random)(parts(bytes, random), random);
      const text = `${pick(['http', 'https', 'HTTP'], random)}://${host}/`;
      const refused = (error: unknown) => error instanceof ForbiddenTargetError && error.reason === 'address';
      assert.throws(() => guard.check(new URL(text)), refused, `${bytes.join('.')} as ${text}`);
    }
  });
});
