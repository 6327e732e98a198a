import type { CredentialFields } from '@4runr/contracts/credential';
import type { ChangeOrigin } from './operator-change.ts';

/** A stored credential without its secrets. */
export interface CredentialRecord {
  readonly tool: string;
  /** Raised by every change, and never given twice. */
  readonly version: number;
  /** Names of the members, sorted. */
  readonly fields: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** `sub` of the operator. */
  readonly updatedBy: string;
}

/** A stored credential, which can be opened. */
export interface SealedCredential {
  readonly record: CredentialRecord;
  /** @throws UnsealError */
  open(): Promise<CredentialFields>;
}

export interface CredentialChange {
  readonly origin: ChangeOrigin;
  /** Refuses, by throwing, a change of the state that is there now; that state does not change meanwhile. */
  assertChangeable(current: CredentialRecord | undefined): void;
}

export interface CredentialStore {
  /** Stores a version; `isFirst` where there was no credential. Of the versions before, the last one alone stays sealed. */
  put(
    tool: string,
    fields: CredentialFields,
    change: CredentialChange,
  ): Promise<{ readonly record: CredentialRecord; readonly isFirst: boolean }>;
  /** Erases every version. @returns whether there was a credential */
  delete(tool: string, change: CredentialChange): Promise<boolean>;
  find(tool: string): Promise<SealedCredential | undefined>;
  /** By the name of the tool. */
  list(): Promise<readonly CredentialRecord[]>;
}
