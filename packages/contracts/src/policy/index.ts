export { leastPolicyExample, policyExample, policyListExample, policyRecordExample } from './examples.ts';
export {
  listPoliciesQuerySchema,
  modelPatternSchema,
  type Policy,
  type PolicyGuards,
  type PolicyList,
  type PolicyRecord,
  policyListSchema,
  policyNameSchema,
  policyRecordSchema,
  policySchema,
} from './policy.ts';
export {
  type MailAddress,
  matchesRecipient,
  parseMailAddress,
  parseRecipientPattern,
  type RecipientPattern,
  recipientPatternSchema,
} from './recipient-pattern.ts';
