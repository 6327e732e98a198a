import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

/** Passwords of database roles, made at first use and kept in a file of mode 600. */
export interface PasswordStore {
  passwordOf(role: string): string;
}

/** Opens the store in `file`; a missing file is an empty store. */
export function openPasswordStore(file: string): PasswordStore {
  const passwords = load(file);
  return {
    passwordOf(role) {
      const known = passwords[role];
      if (known !== undefined) return known;
      const password = randomBytes(24).toString('base64url');
      passwords[role] = password;
      writeFileSync(file, JSON.stringify(passwords, null, 2), { mode: 0o600 });
      return password;
    },
  };
}

function load(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
