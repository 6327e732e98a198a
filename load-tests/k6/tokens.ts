import http from 'k6/http';
import type { Role } from '../src/mix/planned-call.ts';
import type { DispensedTokens } from '../src/run/k6-plan.ts';

/** Each of k6's users has a JavaScript world of its own, and so a copy of its own. */
let held: DispensedTokens | undefined;
let heldUntil = 0;

/** A token of an agent of the role that lasts longer than any call; copies are renewed before they expire. */
export function tokenFor(dispenserUrl: string, role: Role, agent: number): string {
  if (held === undefined || Date.now() > heldUntil) fetchTokens(dispenserUrl);
  const tokens = held?.tokens[role] ?? [];
  return tokens[agent % tokens.length] ?? '';
}

function fetchTokens(dispenserUrl: string): void {
  const response = http.get(`${dispenserUrl}/tokens`, { timeout: 30_000 });
  if (response.status !== 200) return;
  held = response.json() as unknown as DispensedTokens;
  heldUntil = Date.now() + held.freshForMs;
}
