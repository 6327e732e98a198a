import { randomBytes } from 'node:crypto';

/** Crockford's base 32, of which no character is mistaken for another. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Id of an operator's change as the audit trail knows it (`contracts/audit`): 100 random bits. */
export function newChangeId(): string {
  const characters = Array.from(randomBytes(20), (byte) => alphabet[byte % alphabet.length]);
  return `chg_${characters.join('')}`;
}
