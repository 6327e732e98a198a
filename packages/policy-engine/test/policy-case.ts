import { readdirSync, readFileSync } from 'node:fs';
import type { Reason } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import { parse } from 'yaml';

/** One question and the answer that is expected. Facts that are not given are none; the subject is a default agent. */
export interface CaseCall {
  readonly it: string;
  readonly agent?: string;
  readonly role?: string;
  /** Who acts for the agent. */
  readonly actors?: { readonly agent: string; readonly role: string }[];
  readonly scope: string;
  readonly intent?: string;
  readonly params?: Record<string, unknown>;
  /** In bytes; that of the parameters where it is not given. */
  readonly requestBytes?: number;
  readonly streamed?: boolean;
  readonly url?: string[];
  readonly model?: string[];
  readonly recipient?: string[];
  /** When it is asked (ISO 8601): a Monday at noon where it is not given. */
  readonly at?: string;
  readonly expect: {
    readonly decision: 'allow' | 'deny';
    /** Name of the policy that decides; null for none. */
    readonly policy?: string | null;
    /** All reasons, `rule of policy`, with actors `rule of policy for agent`, the deciding one first. */
    readonly reasons?: string[];
    /** Where the first reason points to. */
    readonly pointer?: string;
    /** What the first reason says to people. */
    readonly detail?: string;
    readonly obligations?: unknown[];
    /** `limit cost per window by holder, algorithm, of policy`. */
    readonly quotas?: string[];
    /** `verdict by policy: reasons`. */
    readonly shadow?: string[];
  };
}

/** A file of `cases/`: its name is the guarantee. */
export interface PolicyCase {
  readonly name: string;
  readonly policies: Policy[];
  readonly calls: CaseCall[];
}

/** `rule of policy for agent`, without what is not said. */
export function toReasonText({ rule, policy, agent }: Reason): string {
  const ofPolicy = policy === null ? '' : ` of ${policy.name}`;
  const forAgent = agent === undefined ? '' : ` for ${agent}`;
  return `${rule}${ofPolicy}${forAgent}`;
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
