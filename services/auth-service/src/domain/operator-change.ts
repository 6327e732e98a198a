/** What an operator can do to the state of auth-service. */
export type OperatorAction =
  | 'operator.enrol'
  | 'operator.suspend'
  | 'operator.resume'
  | 'operator.delete'
  | 'operator.key.add'
  | 'operator.key.remove'
  | 'operator.tokens.revoke'
  | 'agent.create'
  | 'agent.update'
  | 'agent.suspend'
  | 'agent.resume'
  | 'agent.delete'
  | 'agent.key.add'
  | 'agent.key.remove'
  | 'agent.tokens.revoke'
  | 'agent.token.revoke'
  | 'credential.put'
  | 'credential.delete'
  | 'signing_key.rotate'
  | 'signing_key.withdraw'
  | 'kek.reseal';

/** What was changed. */
export interface ChangeTarget {
  readonly type: 'operator' | 'agent' | 'credential' | 'signing_key' | 'kek';
  readonly id: string;
}

/** State of a target as people may read it later: a secret, and what a secret could be guessed from, is never in it. */
export type Snapshot = Readonly<Record<string, unknown>>;

/** Who causes a change, and within which exchange. */
export interface ChangeOrigin {
  /** `sub` of the operator, or `system`. */
  readonly operator: string;
  readonly traceId: string | null;
}

/** A change that has been made. `before` and `after` are null where there is nothing. */
export interface OperatorChange extends ChangeOrigin {
  readonly action: OperatorAction;
  readonly target: ChangeTarget;
  readonly before: Snapshot | null;
  readonly after: Snapshot | null;
}

/** The origin of what nobody ordered: the first start, a schedule. */
export const systemOrigin: ChangeOrigin = { operator: 'system', traceId: null };
