import { domainPatternSchema } from '@4runr/contracts/domain-pattern';
import { isHostPort } from '@4runr/egress-guard';
import { list } from '@4runr/service-kit/config';
import type * as z from 'zod';

/** Hosts, or `*.` before a host, separated by commas. */
export function domainPatterns(): z.ZodType<readonly string[], string> {
  return list().refine(
    (items) => items.every((item) => domainPatternSchema.safeParse(item).success),
    'is not a list of hosts',
  );
}

/** `host:port`, separated by commas. */
export function hostPorts(): z.ZodType<readonly string[], string> {
  return list().refine((items) => items.every(isHostPort), 'is not a list of host:port');
}
