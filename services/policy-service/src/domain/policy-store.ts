import type { Policy } from '@4runr/contracts/policy';

/** The active version of one policy. */
export interface StoredPolicy {
  readonly name: string;
  readonly version: string;
  readonly document: Policy;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Policies as operators look at them. */
export interface PolicyStore {
  find(name: string): Promise<StoredPolicy | undefined>;
  /** A page of at most `limit`, by name, after the name given. `next` is the name to go on after. */
  list(page: {
    after: string | undefined;
    limit: number;
  }): Promise<{ items: readonly StoredPolicy[]; next: string | undefined }>;
}

/** Policies as decisions follow them. */
export interface PolicySource {
  /** Another value after every change of what is active. */
  revision(): Promise<string>;
  /**
   * The active documents, as they stand in the store, and the revision that they are of. Nothing says that this version
   * understands them.
   */
  snapshot(): Promise<{ readonly revision: string; readonly documents: readonly unknown[] }>;
}
