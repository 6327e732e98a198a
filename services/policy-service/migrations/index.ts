import { createPolicies } from './0001-create-policies.ts';
import { createAuditTrail } from './0002-create-audit-trail.ts';
import { tellPoliciesHistory } from './0003-tell-policies-history.ts';
import { findChangesByOperatorAndTarget } from './0004-find-changes-by-operator-and-target.ts';
import { findCallsWithoutOutcome } from './0005-find-calls-without-outcome.ts';
import { searchAuditTrail } from './0006-search-audit-trail.ts';
import { tellWhatWasActive } from './0007-tell-what-was-active.ts';
import { findCallsByRoleQuota } from './0008-find-calls-by-role-quota.ts';

/** Every migration by its name, in the order in which they are applied. One that was released never changes. */
export const migrations = {
  '0001-create-policies': createPolicies,
  '0002-create-audit-trail': createAuditTrail,
  '0003-tell-policies-history': tellPoliciesHistory,
  '0004-find-changes-by-operator-and-target': findChangesByOperatorAndTarget,
  '0005-find-calls-without-outcome': findCallsWithoutOutcome,
  '0006-search-audit-trail': searchAuditTrail,
  '0007-tell-what-was-active': tellWhatWasActive,
  '0008-find-calls-by-role-quota': findCallsByRoleQuota,
};
