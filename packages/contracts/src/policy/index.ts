export {
  leastPolicyExample,
  policyExample,
  policyHistoryExample,
  policyListExample,
  policyRecordExample,
  simulateCallExample,
  simulationExample,
  simulationRequestExample,
} from './examples.ts';
export {
  listPoliciesQuerySchema,
  type Policy,
  type PolicyList,
  type PolicyRecord,
  policyListSchema,
  policyNameSchema,
  policyRecordSchema,
  policySchema,
} from './policy.ts';
export {
  conditionLengthMax,
  modelPatternSchema,
  type PiiGuard,
  type PolicyGuards,
} from './policy-guards.ts';
export {
  listPolicyVersionsQuerySchema,
  type PolicyChange,
  type PolicyHistory,
  type PolicyHistoryEntry,
  policyChanges,
  policyHistoryEntrySchema,
  policyHistorySchema,
  policyVersionSchema,
  rollbackPolicySchema,
} from './policy-history.ts';
export { type PolicyQuota, parseWindowSeconds, whatIsCounted } from './policy-quota.ts';
export type { PolicyResponse } from './policy-response.ts';
export { type PolicySchedule, type Weekday, weekdays } from './policy-schedule.ts';
export {
  type SimulateCall,
  type Simulation,
  type SimulationRequest,
  simulateCallSchema,
  simulationPath,
  simulationRequestSchema,
  simulationSchema,
} from './policy-simulation.ts';
export {
  type MailAddress,
  matchesRecipient,
  parseMailAddress,
  parseRecipientPattern,
  type RecipientPattern,
  recipientPatternSchema,
} from './recipient-pattern.ts';
