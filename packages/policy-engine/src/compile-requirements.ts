import type { PolicyReference, RuleKind } from '@4runr/contracts/decision';
import { parseDomainPattern } from '@4runr/contracts/domain-pattern';
import { type Policy, type PolicyGuards, parseRecipientPattern } from '@4runr/contracts/policy';
import type { ModelPattern, Requirement, RequirementTest } from './requirement.ts';

/** What a policy demands of every call that it is to allow, in the order in which it is reported. */
export function compileRequirements(document: Policy, policy: PolicyReference): readonly Requirement[] {
  const { name, subjects, allow, deny, intents, guards = {}, ...unknown } = document;
  return [
    ...compileIntents(intents, policy),
    ...compileGuards(guards, policy),
    ...Object.keys(unknown).map((field) => compileUnknown(`/${field}`, policy)),
  ];
}

function compileIntents(intents: Policy['intents'], policy: PolicyReference): Requirement[] {
  if (intents === undefined) return [];
  const test: RequirementTest = { rule: 'intent', allow: new Set(intents) };
  return [requirement(test, policy, '/intents', `Agent-Intent to be one of: ${listed(intents)}`)];
}

function compileGuards(guards: PolicyGuards, policy: PolicyReference): Requirement[] {
  const { domains, models, recipients, ...unknown } = guards;
  return [
    ...(domains === undefined ? [] : [compileDomains(domains, policy)]),
    ...(models === undefined ? [] : [compileModels(models, policy)]),
    ...(recipients === undefined ? [] : [compileRecipients(recipients, policy)]),
    ...Object.keys(unknown).map((guard) => compileUnknown(`/guards/${guard}`, policy)),
  ];
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

/** How many entries of a list a sentence shows. */
const shownMax = 5;

function listed(entries: readonly string[]): string {
  if (entries.length === 0) return '(none)';
  const rest = entries.length - shownMax;
  return `${entries.slice(0, shownMax).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
