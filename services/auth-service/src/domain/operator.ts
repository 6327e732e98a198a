import type { AgentStatus } from '@4runr/contracts/agent';
import type { OperatorScope, PublicJwk } from '@4runr/contracts/token';
import type { ClientEdit, MaybeEdit } from './client-edit.ts';
import type { ChangeOrigin } from './operator-change.ts';

/** An operator: administers the gateway by tokens of the operators' API. */
export interface OperatorRecord {
  /** `opr_…`; the `sub` of its tokens. */
  readonly id: string;
  readonly clientId: string;
  readonly name: string;
  readonly status: AgentStatus;
  /** What its tokens may carry; `undefined` is everything that operators can have. */
  readonly grantableScopes: readonly OperatorScope[] | undefined;
  readonly keys: readonly PublicJwk[];
  /** Names, kids and thumbprints, of the last keys that were removed. */
  readonly removedKeys: readonly string[];
  /** Tokens of a lower one are revoked. */
  readonly epoch: number;
  /** Raised by every change. */
  readonly version: number;
  readonly createdAt: Date;
}

/** What has to be known to enrol an operator. */
export type NewOperator = Pick<OperatorRecord, 'id' | 'clientId' | 'name' | 'grantableScopes' | 'keys'>;

/** How an operator stands among the others. */
export interface OperatorStanding {
  /** Whether none of the others is active, not counting the one that applies policy files. */
  readonly isLastActive: boolean;
}

/** An operator after a change, or as it was last when the change deletes it. */
export interface OperatorEdited {
  readonly operator: OperatorRecord;
  /** `undefined` where there was nothing to do. */
  readonly edit: ClientEdit | undefined;
}

export interface OperatorStore {
  /** All of them, in the order of their enrolment. */
  list(): Promise<readonly OperatorRecord[]>;
  /** Enrols an operator, and records it. */
  enrol(operator: NewOperator, origin: ChangeOrigin): Promise<OperatorRecord>;
  /**
   * Changes an operator, records it, and stores the revocation that goes with it, all of it or nothing. Changes of operators
   * take turns, so that each is decided by how all of them stand.
   *
   * @param name id or client id
   * @param decide may throw: then nothing happens
   * @returns `undefined` for an operator that is not there
   */
  change(
    name: string,
    origin: ChangeOrigin,
    decide: (operator: OperatorRecord, standing: OperatorStanding) => MaybeEdit,
  ): Promise<OperatorEdited | undefined>;
}
