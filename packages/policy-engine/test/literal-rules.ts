import { matchesDomain, parseDomainPattern } from '@4runr/contracts/domain-pattern';
import type { Policy, PolicyGuards } from '@4runr/contracts/policy';
import type { PolicyCall } from '../src/index.ts';

/**
 * The merge rules of policies read word by word, without compiling or indexing anything: a second implementation, to
 * compare with. It knows the small world of `arbitraries.ts` only.
 */
export function isAllowedLiterally(policies: readonly Policy[], call: PolicyCall): boolean {
  const agents = [call.subject, ...(call.actors ?? [])];
  return agents.every((agent) => isAgentAllowed(policies, { ...call, subject: agent }));
}

function isAgentAllowed(policies: readonly Policy[], call: PolicyCall): boolean {
  const applying = policies.filter((policy) => isSubject(policy, call));
  if (applying.some(({ deny }) => deny?.includes(call.scope))) return false;
  return applying.some((policy) => policy.allow?.includes(call.scope) && meetsGuards(policy, call));
}

function isSubject({ subjects }: Policy, { subject }: PolicyCall): boolean {
  return subjects.roles?.includes(subject.role) === true || subjects.agents?.includes(subject.id) === true;
}

function meetsGuards({ intents, guards = {} }: Policy, { intent, facts }: PolicyCall): boolean {
  const { domains, models, recipients } = guards;
  if (intents !== undefined && !intents.some((wanted) => wanted === intent)) return false;
  if (domains !== undefined && !facts.url.every((url) => meetsDomains(domains, url))) return false;
  if (models !== undefined && !facts.model.every((model) => models.allow.some((p) => fitsStar(p, model)))) {
    return false;
  }
  return (
    recipients === undefined || facts.recipient.every((to) => recipients.allow.some((p) => fitsMail(p, to)))
  );
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
