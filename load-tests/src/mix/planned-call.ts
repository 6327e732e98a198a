/** Roles of the built-in policies: an agent of each may make some of the mix's calls and none of the others. */
export const roles = ['scraper', 'enricher', 'engager'] as const;
export type Role = (typeof roles)[number];

/** Whether a call is asked for the first time, repeats the one before it, or asks for what no policy allows. */
export type CallKind = 'first' | 'duplicate' | 'probe';

export interface PlannedCall {
  readonly kind: CallKind;
  readonly role: Role;
  /** Chooses among the role's agents, whatever their number. */
  readonly agent: number;
  /** `<tool>/<action>`, as in the path. */
  readonly call: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly idempotencyKey?: string;
  /** How long an agent that makes such a call waits (`Prefer: wait`), in seconds: more than half of the action's time, so that breakers count it. */
  readonly waitSeconds: number;
  /** What must be answered: 200, or 403 with this code. */
  readonly refusedAs?: 'policy.denied' | 'target.forbidden';
}

/** @param token of an agent of the call's role */
export function headersOf(call: PlannedCall, token: string): Record<string, string> {
  const headers: Record<string, string> = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    prefer: `wait=${call.waitSeconds}`,
  };
  if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
  return headers;
}
