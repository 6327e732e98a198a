export { type CallSettler, type CallSettlerOptions, createCallSettler } from './call-settler.ts';
export {
  AuditFullError,
  createDecisionTaker,
  type DecisionDraft,
  DecisionSettledError,
  type DecisionTaker,
  type DecisionTakerOptions,
} from './decision-taker.ts';
export { type LedgerClaim, limitOf, refusalOf, usedBefore } from './quota-claims.ts';
export {
  type CounterReading,
  createQuotaCounters,
  type QuotaCounter,
  type QuotaCounters,
  type QuotaCountersOptions,
} from './quota-counters.ts';
export { type RedisScript, redisScript, runScript, type ScriptRedis } from './redis-script.ts';
export {
  createRefusalRecorder,
  type Refusal,
  type RefusalRecorder,
  type RefusalRecorderOptions,
} from './refusal-recorder.ts';
export { outcomeSeconds } from './retention.ts';
export type { Consumption, Usage } from './role-settlement.ts';
