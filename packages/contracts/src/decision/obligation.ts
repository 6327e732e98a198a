import * as z from 'zod';
import { domainPatternSchema } from '../domain-pattern/index.ts';

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

/** What must be done if the call is carried out. Whoever meets a type that it does not know refuses the call. */
export const obligationSchema = z.discriminatedUnion('type', [domainsObligationSchema]);
export type Obligation = z.infer<typeof obligationSchema>;
