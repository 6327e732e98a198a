import type { Policy } from '@4runr/contracts/policy';
import { structuredPatch } from 'diff';
import { stringify } from 'yaml';
import type { PolicyPlan, PolicyStep } from './policy-plan.ts';

/** Lines around a difference that show where it is. */
const contextLines = 3;

const signs = { create: '+', change: '~', delete: '-' } as const;

/** A plan for people: a line for each policy, and below it the lines of its document that differ. */
export function renderPlan({ steps, unchanged }: PolicyPlan, { prune }: { prune: boolean }): string {
  const lines = [
    ...steps.flatMap((step) => renderStep(step, prune)),
    ...unchanged.map((name) => `= ${name}`),
    summarize(steps, { unchanged: unchanged.length, prune }),
  ];
  return `${lines.join('\n')}\n`;
}

function renderStep(step: PolicyStep, prune: boolean): string[] {
  const isKept = step.kind === 'delete' && !prune;
  const note = isKept ? '  (in no file; it stays, unless --prune is given)' : '';
  const head = `${isKept ? '!' : signs[step.kind]} ${step.name}${note}`;
  return isKept ? [head] : [head, ...differences(step).map((line) => `    ${line}`)];
}

function differences(step: PolicyStep): string[] {
  const before = step.kind === 'create' ? '' : toText(step.before.document);
  const after = step.kind === 'delete' ? '' : toText(step.after);
  const { hunks } = structuredPatch(step.name, step.name, before, after, '', '', { context: contextLines });
  return hunks.flatMap(({ lines }, index) => [...(index === 0 ? [] : ['…']), ...lines]);
}

/** A document as text that does not depend on the order of its members. */
function toText(policy: Policy): string {
  return stringify(policy, { sortMapEntries: true, lineWidth: 0 });
}

function summarize(
  steps: readonly PolicyStep[],
  { unchanged, prune }: { unchanged: number; prune: boolean },
): string {
  const count = (kind: PolicyStep['kind']) => steps.filter((step) => step.kind === kind).length;
  const deletions = `${count('delete')} ${prune ? 'to delete' : 'in no file'}`;
  return `${count('create')} to create, ${count('change')} to change, ${deletions}, ${unchanged} as they should be`;
}
