import {
  type DatedKey,
  type KeysByState,
  promotableAt,
  publishedUntil,
  type RotationRules,
  scheduledAt,
} from '../domain/signing-key-states.ts';
import type { SealedCount } from '../store/reseal.ts';
import type { RotationOutcome } from '../store/rotate-signing-keys.ts';
import type { WithdrawalOutcome } from '../store/withdraw-signing-key.ts';

/** A line per key: state, id, since when, what comes next. */
export function renderKeys(keys: KeysByState, rules: RotationRules): string {
  const { active, next, retired } = keys;
  const schedule = scheduledAt(keys, rules);
  const replaced = schedule === undefined ? 'by command alone' : `by schedule at ${time(schedule)}`;
  const lines = [
    line(active, active.activatedAt, `signs; replaced ${replaced}`),
    line(next, next.createdAt, `is published; may sign from ${time(promotableAt(keys, rules))} on`),
    ...retired.map((key) => line(key, key.retiredAt, `is published until ${time(publishedUntil(key))}`)),
  ];
  return `${lines.join('\n')}\n`;
}

export function renderOutcome(outcome: RotationOutcome, { isForced }: { isForced: boolean }): string {
  switch (outcome.kind) {
    case 'rotated':
      return `Rotated: every replica signs with ${outcome.active} within a second.\n`;
    case 'overtaken':
      return `Somebody else has rotated at this moment, to ${outcome.active}: there was nothing left to do.\n`;
    case 'too_early':
      return `Not rotated: ${outcome.next} may sign from ${time(outcome.promotableAt)} on. ${reasonToWait(isForced)}\n`;
  }
}

export function renderWithdrawal(outcome: WithdrawalOutcome, kid: string): string {
  switch (outcome.kind) {
    case 'withdrawn':
      return `Withdrawn: auth-service refuses every token of ${kid} within a second, the others once they read the keys again.\n`;
    case 'in_use':
      return `Not withdrawn: ${kid} is the ${outcome.state} key. Only a retired one can be: npm run keys -- rotate --force\n`;
    case 'unknown':
      return `Not withdrawn: there is no key ${kid}.\n`;
  }
}

/** How many secrets are encrypted under the current KEK, and what to do about the others. */
export function renderSealed(counts: readonly SealedCount[], kekId: string): string {
  const rows = counts.map(
    ({ table, current, older }) =>
      `${table}: ${current} under the current KEK (${kekId}), ${older} under another\n`,
  );
  const isMixed = counts.some(({ older }) => older > 0);
  return `${rows.join('')}${isMixed ? 'The other KEK is still needed: npm run keys -- reseal\n' : ''}`;
}

function reasonToWait(isForced: boolean): string {
  return isForced
    ? 'Until then not every replica may publish it yet.'
    : 'By then every verifier knows it; --force does not wait for those who read the keys rarely.';
}

function line({ state, kid }: DatedKey, since: Date | null, what: string): string {
  return `${state.padEnd(7)}  ${kid}  since ${since === null ? '?' : time(since)}  ${what}`;
}

/** UTC, to the second, as in logs. */
function time(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}
