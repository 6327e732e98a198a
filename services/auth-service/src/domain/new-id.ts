import { randomBytes } from 'node:crypto';

/** Crockford's base 32: nothing in it is mistaken for anything else when read aloud or typed. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** An identifier that cannot be guessed: the prefix and 20 characters, 100 random bits. */
export function newId(prefix: 'agt' | 'opr' | 'tok' | 'chg' | 'sec'): string {
  const characters = Array.from(randomBytes(20), (byte) => alphabet[byte % alphabet.length]);
  return `${prefix}_${characters.join('')}`;
}
