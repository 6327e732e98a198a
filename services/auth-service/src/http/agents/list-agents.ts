import { type AgentList, type ListAgentsQuery, listAgentsQuerySchema } from '@4runr/contracts/agent';
import { ProblemError } from '@4runr/service-kit/errors';
import type { RequestHandler } from 'express';
import type { AgentStore } from '../../domain/agent.ts';
import { representAgent } from './agent-representation.ts';
import { formatCursor, parseCursor } from './cursor.ts';

/** `GET /v1/agents`, oldest first. */
export function listAgentsHandler(agents: AgentStore): RequestHandler {
  return async (request, response) => {
    const { limit, cursor, status, role, name } = parseQuery(request.query);
    const page = await agents.list({
      filter: { status, role, name },
      limit,
      after: cursor === undefined ? undefined : parseCursor(cursor),
    });
    const body: AgentList = {
      items: page.items.map(representAgent),
      nextCursor: page.next === undefined ? null : formatCursor(page.next),
    };
    response.set('Cache-Control', 'no-store').json(body);
  };
}

function parseQuery(query: unknown): ListAgentsQuery {
  const parsed = listAgentsQuerySchema.safeParse({ ...(query as object) });
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '));
  throw new ProblemError('request.invalid', { detail: `The query is not usable: ${details.join('; ')}.` });
}
