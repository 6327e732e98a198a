import type { PiiKind } from '@4runr/contracts/decision';
import { matchesDomain, parseDomainPattern } from '@4runr/contracts/domain-pattern';
import type { Policy, PolicyGuards } from '@4runr/contracts/policy';
import type { TimedCall } from './arbitraries.ts';
import { isOpenLiterally } from './literal-schedule.ts';

/** Conditions, and what they say of a call. */
export const literalConditions: Readonly<Record<string, (call: TimedCall) => boolean>> = {
  'size(params.q) < 10': ({ params }) => String(params.q).length < 10,
  'params.n == 1': ({ params }) => params.n === 1,
  'params.missing == 1': () => false,
  'agent.role == "analyst" || intent == "audit"': ({ subject, intent }) =>
    subject.role === 'analyst' || intent === 'audit',
  'facts.url.all(u, u.startsWith("https://"))': ({ facts }) =>
    facts.url.every((url) => url.startsWith('https://')),
};

/** What each text of the small world holds. */
const personal: Readonly<Record<PiiKind, readonly string[]>> = {
  email: ['write to ada@company.com'],
  phone: [],
  ssn: ['123-45-6789'],
  credit_card: ['hello 4111 1111 1111 1111', '4111111111111111'],
};

/**
 * The merge rules of policies read word by word, without compiling or indexing anything: a second implementation, to
 * compare with. It knows the small world of `arbitraries.ts` only.
 */
export function isAllowedLiterally(policies: readonly Policy[], call: TimedCall): boolean {
  const agents = [call.subject, ...(call.actors ?? [])];
  return agents.every((agent) => isAgentAllowed(policies, { ...call, subject: agent }));
}

function isAgentAllowed(policies: readonly Policy[], call: TimedCall): boolean {
  const applying = policies.filter((policy) => policy.mode !== 'shadow' && isSubject(policy, call));
  if (applying.some(({ deny }) => deny?.includes(call.scope))) return false;
  const allowing = applying.filter(({ allow }) => allow?.includes(call.scope));
  if (call.streamed === true && allowing.some(asksOfWholeAnswers)) return false;
  return allowing.some((policy) => meetsGuards(policy, call));
}

function asksOfWholeAnswers({ guards, response = {} }: Policy): boolean {
  const { redact = [], truncate = {}, block = [] } = response;
  return guards?.pii?.on === 'response' || [...redact, ...Object.keys(truncate), ...block].length > 0;
}

function isSubject({ subjects }: Policy, { subject }: TimedCall): boolean {
  return subjects.roles?.includes(subject.role) === true || subjects.agents?.includes(subject.id) === true;
}

function meetsGuards({ intents, guards = {}, schedule }: Policy, call: TimedCall): boolean {
  const { intent, facts, requestBytes, at } = call;
  const { maxRequestBytes, domains, models, recipients, pii, streaming, when } = guards;
  if (schedule !== undefined && !isOpenLiterally(schedule, at.getTime())) return false;
  if (maxRequestBytes !== undefined && requestBytes > maxRequestBytes) return false;
  if (streaming === 'deny' && call.streamed === true) return false;
  if (pii?.on === 'request' && pii.detect.some((kind) => isPersonal(kind, call))) return false;
  if (when !== undefined && literalConditions[when]?.(call) !== true) return false;
  if (intents !== undefined && !intents.some((wanted) => wanted === intent)) return false;
  if (domains !== undefined && !facts.url.every((url) => meetsDomains(domains, url))) return false;
  if (models !== undefined && !facts.model.every((model) => models.allow.some((p) => fitsStar(p, model)))) {
    return false;
  }
  return (
    recipients === undefined || facts.recipient.every((to) => recipients.allow.some((p) => fitsMail(p, to)))
  );
}

function isPersonal(kind: PiiKind, { params }: TimedCall): boolean {
  return Object.values(params).some((value) => personal[kind].includes(String(value)));
}

function meetsDomains({ allow, deny }: NonNullable<PolicyGuards['domains']>, url: string): boolean {
  const host = URL.parse(url)?.hostname;
  if (host === undefined) return false;
  const fits = (pattern: string) => matchesDomain(parseDomainPattern(pattern), host);
  return (allow === undefined || allow.some(fits)) && !deny?.some(fits);
}

function fitsStar(pattern: string, model: string): boolean {
  return pattern === model || (pattern.endsWith('*') && model.startsWith(pattern.slice(0, -1)));
}

function fitsMail(pattern: string, recipient: string): boolean {
  if (!/^[a-z]+@[a-z.]+$/.test(recipient)) return false;
  return pattern === recipient || (pattern.startsWith('*') && recipient.endsWith(pattern.slice(1)));
}
