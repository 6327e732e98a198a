import { type AccessTokenAuthority, presentedToken } from '@4runr/service-kit/access-token';
import type { Request, Response } from 'express';
import type { Agent } from '../domain/call.ts';
import { assertIntent } from '../pipeline/assert-intent.ts';
import { toAgent } from '../pipeline/authenticate.ts';
import { setTokenHeaders } from './token-headers.ts';

/** Who wants to know what it may call, and to what end. */
export interface ToolAsker {
  readonly agent: Agent;
  readonly intent: string | undefined;
}

/**
 * Reads who is asking for tools. The answer is for this agent alone and holds as long as its policies: it is not stored.
 *
 * @throws ProblemError `token.*`, `request.invalid`, `service.unavailable`
 */
export function createToolAsker({
  authority,
}: {
  readonly authority: AccessTokenAuthority;
}): (request: Request, response: Response) => Promise<ToolAsker> {
  return async (request, response) => {
    const agent = toAgent(await authority.authenticate(presentedToken(request)));
    setTokenHeaders(response, agent);
    response.set('Cache-Control', 'no-store');
    const intent = request.get('agent-intent');
    assertIntent(intent);
    return { agent, intent };
  };
}
