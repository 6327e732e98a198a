import { readdirSync, readFileSync } from 'node:fs';
import type { RuleKind } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import { parse } from 'yaml';

/** One question and the answer that is expected. Facts that are not given are none; the subject is a default agent. */
export interface CaseCall {
  readonly it: string;
  readonly agent?: string;
  readonly role?: string;
  readonly scope: string;
  readonly intent?: string;
  readonly url?: string[];
  readonly model?: string[];
  readonly recipient?: string[];
  readonly expect: {
    readonly decision: 'allow' | 'deny';
    /** Name of the policy that decides; null for none. */
    readonly policy?: string | null;
    /** All reasons, `rule of policy`, the deciding one first. */
    readonly reasons?: string[];
    /** What the first reason says to people. */
    readonly detail?: string;
    readonly obligations?: unknown[];
  };
}

/** A file of `cases/`: its name is the guarantee. */
export interface PolicyCase {
  readonly name: string;
  readonly policies: Policy[];
  readonly calls: CaseCall[];
}

/** `rule of policy`, or the rule alone. */
export function toReasonText(reason: { rule: RuleKind; policy: { name: string } | null }): string {
  return reason.policy === null ? reason.rule : `${reason.rule} of ${reason.policy.name}`;
}

export function loadPolicyCases(): PolicyCase[] {
  const folder = new URL('./cases/', import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => ({
      ...parse(readFileSync(new URL(file, folder), 'utf8')),
      name: file.slice(0, -'.yaml'.length).replaceAll('-', ' '),
    }));
}
