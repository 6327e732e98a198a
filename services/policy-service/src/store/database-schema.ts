import type { AuditRecord } from '@4runr/contracts/audit';
import type { Policy, PolicyChange } from '@4runr/contracts/policy';
import type { ColumnType, Generated, JSONColumnType, Kysely } from 'kysely';

/** The tables of the schema `policy`. */
export interface PolicySchema {
  /** Every change that ever was, and the version that it made active. */
  policy_versions: {
    name: string;
    /** 1 is the first change of the name. */
    number: number;
    change: PolicyChange;
    /** `sha256:` and the hash of the canonical document; null of a deletion, as the document is. */
    version: string | null;
    document: ColumnType<Policy | null, string | null, never>;
    created_at: ColumnType<Date, never, never>;
    created_by: string;
  };
  /** Which change made what is active of each policy. */
  policies: {
    name: string;
    number: number;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
  };
  /** What became active, and when: a trigger keeps it with every change of `policies`. */
  policy_activations: {
    name: string;
    /** From this revision on. */
    revision: string;
    /** The change that made it active; null where nothing of the name is active any more. */
    number: number | null;
  };
  /** One row; a trigger raises the number with every change of `policies`. pg hands bigint over as text. */
  revision: { number: ColumnType<string, never, never> };
  /** The audit trail, partitioned by the month of `at`. A column is null where it means nothing for the kind. */
  audit_items: {
    id: string;
    at: Date;
    kind: string;
    agent: string | null;
    tool: string | null;
    action: string | null;
    outcome: string | null;
    body: JSONColumnType<AuditRecord>;
  };
}

export type PolicyDatabase = Kysely<PolicySchema>;

/** Name of the schema that the service owns. */
export const schemaName = 'policy';
