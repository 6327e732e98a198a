import { agentIdSchema } from '@4runr/contracts/agent';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Request } from 'express';

/** @throws ProblemError `agent.unknown` for what can be nobody's id */
export function agentIdOf(request: Request): string {
  const id = agentIdSchema.safeParse(request.params.id);
  if (!id.success) throw new ProblemError('agent.unknown');
  return id.data;
}
