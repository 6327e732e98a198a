import type { PolicyReference, RuleKind } from '@4runr/contracts/decision';
import { parseDomainPattern } from '@4runr/contracts/domain-pattern';
import {
  type PiiGuard,
  type Policy,
  type PolicyGuards,
  type PolicySchedule,
  parseRecipientPattern,
} from '@4runr/contracts/policy';
import { compileCondition } from './condition/condition.ts';
import type { ModelPattern, Requirement, RequirementTest } from './requirement.ts';
import { compileSchedule } from './schedule/schedule.ts';

/** What a policy demands of every call that it is to allow, in the order in which it is reported. */
export function compileRequirements(document: Policy, policy: PolicyReference): readonly Requirement[] {
  const {
    name,
    subjects,
    mode,
    allow,
    deny,
    intents,
    guards = {},
    schedule,
    quotas,
    response,
    ...unknown
  } = document;
  return [
    ...present(schedule, (given) => compileOpenTimes(given, policy)),
    ...present(intents, (given) => compileIntents(given, policy)),
    ...compileGuards(guards, policy),
    ...(mode === undefined || mode === 'enforce' || mode === 'shadow'
      ? []
      : [compileUnknown('/mode', policy)]),
    ...Object.keys(unknown).map((field) => compileUnknown(`/${field}`, policy)),
  ];
}

/** Guards on the answer are obligations: `compileObligations`. */
function compileGuards(guards: PolicyGuards, policy: PolicyReference): Requirement[] {
  const { maxRequestBytes, maxResponseBytes, domains, models, recipients, pii, streaming, when, ...unknown } =
    guards;
  return [
    ...present(maxRequestBytes, (given) => compileRequestBytes(given, policy)),
    ...present(domains, (given) => compileDomains(given, policy)),
    ...present(models, (given) => compileModels(given, policy)),
    ...present(recipients, (given) => compileRecipients(given, policy)),
    ...(pii === undefined ? [] : compilePii(pii, policy)),
    ...present(streaming, (given) => compileStreaming(given, policy)),
    ...present(when, (given) => compileWhen(given, policy)),
    ...Object.keys(unknown).map((guard) => compileUnknown(`/guards/${guard}`, policy)),
  ];
}

function present<Given>(given: Given | undefined, compile: (given: Given) => Requirement): Requirement[] {
  return given === undefined ? [] : [compile(given)];
}

/** A time zone that this Node does not know is like a field that this version does not know. */
function compileOpenTimes(given: PolicySchedule, policy: PolicyReference): Requirement {
  const { timezone, days, from, to } = given;
  try {
    const test: RequirementTest = { rule: 'schedule', schedule: compileSchedule(given) };
    const until = from < to ? to : `${to} on the day after`;
    const needed = `it to be ${days.join(', ')} in ${timezone}, from ${from} to ${until}`;
    return requirement(test, policy, '/schedule', needed);
  } catch {
    return compileUnknown('/schedule/timezone', policy);
  }
}

function compileIntents(intents: readonly string[], policy: PolicyReference): Requirement {
  const test: RequirementTest = { rule: 'intent', allow: new Set(intents) };
  return requirement(test, policy, '/intents', `Agent-Intent to be one of: ${listed(intents)}`);
}

function compileRequestBytes(max: number, policy: PolicyReference): Requirement {
  const needed = `the body to have no more than ${max} bytes`;
  return requirement({ rule: 'request_bytes', max }, policy, '/guards/maxRequestBytes', needed);
}

function compileDomains(
  { allow = ['*'], deny = [] }: NonNullable<PolicyGuards['domains']>,
  policy: PolicyReference,
): Requirement {
  const test: RequirementTest = {
    rule: 'domain',
    allow: allow.map(parseDomainPattern),
    deny: deny.map(parseDomainPattern),
  };
  const but = deny.length === 0 ? '' : `, and at none of: ${listed(deny)}`;
  return requirement(test, policy, '/guards/domains', `every url to be at one of: ${listed(allow)}${but}`);
}

function compileModels({ allow }: NonNullable<PolicyGuards['models']>, policy: PolicyReference): Requirement {
  const test: RequirementTest = { rule: 'model', allow: allow.map(parseModelPattern) };
  return requirement(test, policy, '/guards/models', `the model to be one of: ${listed(allow)}`);
}

function compileRecipients(
  { allow }: NonNullable<PolicyGuards['recipients']>,
  policy: PolicyReference,
): Requirement {
  const test: RequirementTest = { rule: 'recipient', allow: allow.map(parseRecipientPattern) };
  const needed = `every recipient to be a plain address among: ${listed(allow)}`;
  return requirement(test, policy, '/guards/recipients', needed);
}

/** On a response it is an obligation. */
function compilePii({ detect, on }: PiiGuard, policy: PolicyReference): Requirement[] {
  switch (on) {
    case 'request': {
      const needed = `the parameters to hold no personal data of the kinds: ${detect.join(', ')}`;
      return [requirement({ rule: 'pii', detect }, policy, '/guards/pii', needed)];
    }
    case 'response':
      return [];
    default:
      return [compileUnknown('/guards/pii/on', policy)];
  }
}

function compileStreaming(given: 'deny', policy: PolicyReference): Requirement {
  if (given !== 'deny') return compileUnknown('/guards/streaming', policy);
  return requirement({ rule: 'streaming' }, policy, '/guards/streaming', 'the answer not to be streamed');
}

/** A condition that cannot be compiled is like a guard that this version does not know. */
function compileWhen(text: string, policy: PolicyReference): Requirement {
  try {
    const test: RequirementTest = { rule: 'when', condition: compileCondition(text) };
    return requirement(test, policy, '/guards/when', `this to be true: ${shortened(text)}`);
  } catch {
    return compileUnknown('/guards/when', policy);
  }
}

function compileUnknown(pointer: string, policy: PolicyReference): Requirement {
  return requirement({ rule: 'unknown' }, policy, pointer, `${pointer}, which this version does not know`);
}

function requirement(
  test: RequirementTest & { readonly rule: RuleKind },
  policy: PolicyReference,
  pointer: string,
  needed: string,
): Requirement {
  return { test, reason: { rule: test.rule, policy, pointer, detail: `${policy.name} needs ${needed}.` } };
}

function parseModelPattern(text: string): ModelPattern {
  return text.endsWith('*') ? { kind: 'prefix', text: text.slice(0, -1) } : { kind: 'exact', text };
}

/** How many characters of a condition a sentence shows. */
const charactersMax = 200;

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > charactersMax ? `${line.slice(0, charactersMax)}…` : line;
}

/** How many entries of a list a sentence shows. */
const shownMax = 5;

function listed(entries: readonly string[]): string {
  if (entries.length === 0) return '(none)';
  const rest = entries.length - shownMax;
  return `${entries.slice(0, shownMax).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
