import { randomUUID } from 'node:crypto';
import type { Params } from '@4runr/contracts/call';
import { boundCosts } from '@4runr/contracts/cost';
import { asksForStream } from '@4runr/contracts/manifest';
import { type SimulateCall, type SimulationRequest, simulateCallSchema } from '@4runr/contracts/policy';
import { requireOperator } from '@4runr/service-kit/access-token';
import { invalidParams, jsonBody, parseBody } from '@4runr/service-kit/http';
import type { RequestHandler } from 'express';
import type { ToolAction } from '../domain/tool.ts';
import type { AgentRoles } from '../mesh/agent-roles.ts';
import { assertIntent } from '../pipeline/assert-intent.ts';
import { findAction } from '../pipeline/find-tool.ts';
import type { RouteParts } from './routes.ts';

/** Whom a call is simulated for where an operator names a role alone: an id that no agent has. */
const anybody = 'simulated';

/**
 * `POST /v1/policies/simulate`: would this call be allowed? It is read as the call itself would be, by the tool's manifest, so
 * that policy sees the same facts; nothing of it is carried out, taken or recorded.
 */
export function simulateCall(parts: RouteParts): readonly RequestHandler[] {
  const { kit, authority, tools, simulate, rolesOf } = parts;
  const { reportSecurityEvent } = kit;
  return [
    requireOperator({ authority, scope: 'policies:read', reportSecurityEvent }),
    // The parameters of a call are one level down.
    jsonBody(parts.bodyBytesMax, { nestingMax: 101 }),
    async (request, response) => {
      const call = parseBody(simulateCallSchema, request.body);
      assertIntent(call.intent);
      const { action } = findAction(tools, call.tool, call.action);
      const context = contextOf(call, action);
      const agent = await subjectOf(call.agent, rolesOf);
      const question: SimulationRequest['question'] = {
        subject: { type: 'agent', id: agent.id, properties: { role: agent.role, act: null } },
        action: { name: action.scope },
        resource: { type: 'tool', id: call.tool },
        context,
      };
      const { at, policy } = call;
      const simulation = await simulate({
        question,
        ...(at === undefined ? {} : { at }),
        ...(policy === undefined ? {} : { policy }),
      });
      response.set('Cache-Control', 'no-store').json(simulation);
    },
  ];
}

/** @throws ProblemError `params.invalid` with the faults of `params` */
function contextOf({ params, intent }: SimulateCall, action: ToolAction) {
  const bytes = Buffer.byteLength(JSON.stringify(params));
  const faults = action.findFaults(params, bytes);
  if (faults.length > 0) {
    throw invalidParams(faults.map((fault) => ({ ...fault, pointer: `/params${fault.pointer}` })));
  }
  const costs = boundCosts(action.manifest.cost, params);
  return {
    callId: `call_${randomUUID()}`,
    params,
    facts: action.extractFacts(params as Params),
    requestBytes: bytes,
    dryRun: true,
    ...(asksForStream(action.manifest, params) ? { streamed: true } : {}),
    ...(intent === undefined ? {} : { intent }),
    ...(Object.keys(costs).length === 0 ? {} : { costs }),
  };
}

async function subjectOf(
  agent: SimulateCall['agent'],
  rolesOf: AgentRoles,
): Promise<{ id: string; role: string }> {
  if (typeof agent === 'string') return { id: agent, role: await rolesOf(agent) };
  return { id: agent.id ?? anybody, role: agent.role };
}
