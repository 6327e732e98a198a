import type { HandlerObligation } from '@4runr/contracts/decision';
import { type DomainPattern, matchesDomain, parseDomainPattern } from '@4runr/contracts/domain-pattern';
import { ProblemError } from '@4runr/service-kit/errors';

/** @throws ProblemError `target.forbidden` */
export type DomainCheck = (url: URL) => void;

interface DomainRule {
  readonly allow: readonly DomainPattern[];
  readonly deny: readonly DomainPattern[];
}

/** Compiles the obligations of a permit that name domains: every host that the call reaches must meet all of them. */
export function permittedDomains(obligations: readonly HandlerObligation[]): DomainCheck {
  const rules = obligations.map(toRule);
  return ({ hostname }) => {
    if (rules.every((rule) => isPermitted(rule, hostname))) return;
    throw new ProblemError('target.forbidden', {
      detail: 'Policy does not allow this host.',
      extensions: { reason: 'domain' },
    });
  };
}

function toRule(obligation: HandlerObligation): DomainRule {
  switch (obligation.type) {
    case 'domains':
      return {
        allow: obligation.allow.map(parseDomainPattern),
        deny: obligation.deny.map(parseDomainPattern),
      };
  }
}

function isPermitted({ allow, deny }: DomainRule, hostname: string): boolean {
  const matches = (pattern: DomainPattern) => matchesDomain(pattern, hostname);
  return allow.some(matches) && !deny.some(matches);
}
