import type { AuditRecord } from '@4runr/contracts/audit';
import type { Policy } from '@4runr/contracts/policy';
import type { ColumnType, Generated, JSONColumnType, Kysely } from 'kysely';

/** The tables of the schema `policy`. */
export interface PolicySchema {
  /** Every version that ever was. */
  policy_versions: {
    name: string;
    /** 1 is the first version of the name. */
    number: number;
    /** `sha256:` and the hash of the canonical document. */
    version: string;
    document: JSONColumnType<Policy>;
    created_at: CreationTime;
  };
  /** Which version of each policy is active. */
  policies: {
    name: string;
    number: number;
    created_at: CreationTime;
    updated_at: Generated<Date>;
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

type CreationTime = ColumnType<Date, never, never>;

export type PolicyDatabase = Kysely<PolicySchema>;

/** Name of the schema that the service owns. */
export const schemaName = 'policy';
