import type { OperatorChange } from '@4runr/contracts/audit';
import { operatorOf, requireOperator } from '@4runr/service-kit/access-token';
import { type AuditTrail, newChangeId } from '@4runr/service-kit/audit-trail';
import { ProblemError } from '@4runr/service-kit/errors';
import { traceIdOf } from '@4runr/service-kit/http';
import type { RequestHandler, Response } from 'express';
import type { PurgeAnswers } from '../store/cache-purger.ts';
import type { RouteParts } from './routes.ts';

export interface PurgeParts {
  readonly purge: PurgeAnswers;
  readonly trail: AuditTrail;
}

/**
 * `DELETE /v1/cache/{tool}`: no answer of the tool that was asked for before now is given to anybody any more, by any replica. It is
 * recorded when it has taken effect; whoever is told that it failed may repeat it.
 */
export function purgeCache(parts: RouteParts): readonly RequestHandler[] {
  const { authority, tools, kit, metrics, purging } = parts;
  const { reportSecurityEvent } = kit;
  return [
    requireOperator({ authority, scope: 'cache:write', reportSecurityEvent }),
    async (request, response) => {
      const tool = String(request.params.tool);
      if (!tools.names.has(tool)) throw new ProblemError('tool.unknown');
      await purging.purge(tool);
      const change = toChange(tool, response);
      const { failure } = await purging.trail.append([change]);
      if (failure !== undefined) throw failure;
      metrics.cacheEvents.inc({ tool, result: 'purge' });
      const { id, action, operator, target } = change;
      const fields = { event: 'security.operator_change', change: id, action, operator, target };
      kit.logger.info(fields, 'kept answers purged');
      response.status(204).end();
    },
  ];
}

/** What was there before is not known, and nothing is there after. */
function toChange(tool: string, response: Response): OperatorChange {
  return {
    kind: 'operator_change',
    id: newChangeId(),
    at: new Date().toISOString(),
    operator: operatorOf(response).sub,
    action: 'cache.purge',
    target: { type: 'cache', id: tool },
    before: null,
    after: null,
    traceId: traceIdOf(response),
  };
}
