import * as z from 'zod';
import { costsSchema } from '../cost/index.ts';
import { domainPatternSchema } from '../domain-pattern/index.ts';
import { responsePathSchema } from '../response-path/index.ts';
import { piiKindSchema } from './pii.ts';

/**
 * Every host that the call reaches, on every redirect hop, fits a pattern of `allow` and none of `deny`. An empty `allow`
 * lets nothing pass.
 */
export const domainsObligationSchema = z.strictObject({
  type: z.literal('domains'),
  allow: z.array(domainPatternSchema),
  deny: z.array(domainPatternSchema),
});
export type DomainsObligation = z.infer<typeof domainsObligationSchema>;

/** An answer of more bytes than these is not handed on. */
export const maxResponseBytesObligationSchema = z.strictObject({
  type: z.literal('maxResponseBytes'),
  bytes: z.int().min(1),
});
export type MaxResponseBytesObligation = z.infer<typeof maxResponseBytesObligationSchema>;

/** What the paths name in the answer is made unreadable. */
export const redactObligationSchema = z.strictObject({
  type: z.literal('redact'),
  paths: z.array(responsePathSchema).min(1),
});
export type RedactObligation = z.infer<typeof redactObligationSchema>;

/** Texts that a path names are cut to so many characters. */
export const truncateObligationSchema = z.strictObject({
  type: z.literal('truncate'),
  limits: z.record(responsePathSchema, z.int().min(0)),
});
export type TruncateObligation = z.infer<typeof truncateObligationSchema>;

/** An answer that one of the patterns (RE2 syntax) fits is not handed on. Whoever cannot compile one hands on nothing. */
export const blockObligationSchema = z.strictObject({
  type: z.literal('block'),
  patterns: z.array(z.string().min(1)).min(1),
});
export type BlockObligation = z.infer<typeof blockObligationSchema>;

/** Personal data of the kinds in the answer is made unreadable (`redact`), or the answer is not handed on (`deny`). */
export const piiObligationSchema = z.strictObject({
  type: z.literal('pii'),
  detect: z.array(piiKindSchema).min(1),
  effect: z.enum(['deny', 'redact']),
});
export type PiiObligation = z.infer<typeof piiObligationSchema>;

/** The call may use no more than was taken of quotas for it: an adapter that finds that it may sends nothing. */
export const maxCostObligationSchema = z.strictObject({ type: z.literal('maxCost'), costs: costsSchema });
export type MaxCostObligation = z.infer<typeof maxCostObligationSchema>;

/** What the tool's adapter must do, as its permit says. Whoever meets a type that it does not know refuses the call. */
export const adapterObligationSchema = z.discriminatedUnion('type', [
  domainsObligationSchema,
  maxCostObligationSchema,
]);
export type AdapterObligation = z.infer<typeof adapterObligationSchema>;
/** What handlers of actions keep; costs are kept before them. */
export type HandlerObligation = Exclude<AdapterObligation, MaxCostObligation>;

/** What must be done if the call is carried out. Whoever meets a type that it does not know refuses the call. */
export const obligationSchema = z.discriminatedUnion('type', [
  ...adapterObligationSchema.options,
  maxResponseBytesObligationSchema,
  redactObligationSchema,
  truncateObligationSchema,
  blockObligationSchema,
  piiObligationSchema,
]);
export type Obligation = z.infer<typeof obligationSchema>;

/** Whether the adapter must carry it out. Everything else is about the answer, and the proxy's. */
export function isAdapterObligation(obligation: Obligation): obligation is AdapterObligation {
  return obligation.type === 'domains' || obligation.type === 'maxCost';
}

/** Whether it can be kept where the answer is handed on while it comes: everything else needs all of it first. */
export function fitsStream(obligation: Obligation): boolean {
  switch (obligation.type) {
    case 'domains':
    case 'maxCost':
    case 'maxResponseBytes':
      return true;
    case 'redact':
    case 'truncate':
    case 'block':
    case 'pii':
      return false;
    default:
      return neverFits(obligation);
  }
}

/** The compiler proves that no type is forgotten; one that got past it does not fit. */
function neverFits(_obligation: never): false {
  return false;
}
