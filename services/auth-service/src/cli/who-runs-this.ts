import { userInfo } from 'node:os';
import type { ChangeOrigin } from '../domain/operator-change.ts';

/** Longest name that the audit trail takes. */
const operatorLengthMax = 128;

/** The account on whose behalf a command runs, for the audit trail: a command line knows no operator. */
export function whoRunsThis(): ChangeOrigin {
  return { operator: `cli:${accountName()}`.slice(0, operatorLengthMax), traceId: null };
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the number of the account may have no name.
    return String(process.getuid?.() ?? 'unknown');
  }
}
