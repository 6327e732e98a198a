import { operatorOf } from '@4runr/service-kit/access-token';
import { currentTraceId } from '@4runr/service-kit/telemetry';
import type { Response } from 'express';
import type { ChangeOrigin } from '../domain/policy-change.ts';

/** The operator whom `requireOperator` let pass, and the exchange that is being served. */
export function changeOriginOf(response: Response): ChangeOrigin {
  return { operator: operatorOf(response).sub, traceId: currentTraceId() ?? null };
}
