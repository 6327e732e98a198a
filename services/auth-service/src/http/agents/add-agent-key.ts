import { type AddAgentKeyResponse, addAgentKeySchema } from '@4runr/contracts/agent';
import type { PublicJwk } from '@4runr/contracts/token';
import { ProblemError } from '@4runr/service-kit/errors';
import { invalidParams, parseBody } from '@4runr/service-kit/http';
import type { RequestHandler } from 'express';
import type { AgentRecord } from '../../domain/agent.ts';
import { addAgentKey, addAgentSecret } from '../../domain/agent-edit.ts';
import type { ClientEdit } from '../../domain/client-edit.ts';
import type { ClientSecrets } from '../../domain/client-secret.ts';
import { generateKey } from '../../domain/generate-key.ts';
import { parseSinglePublicKey } from '../../domain/public-keys.ts';
import { agentIdOf } from './agent-id.ts';
import { type AgentChangeParts, changeAgent } from './change-agent.ts';

/** `POST /v1/agents/{id}/keys`: old and new keys, or secrets, work side by side until one is removed. */
export function addAgentKeyHandler(
  parts: AgentChangeParts,
  clientSecrets: Pick<ClientSecrets, 'create'>,
): RequestHandler {
  return async (request, response) => {
    const { jwk } = parseBody(addAgentKeySchema, request.body ?? {});
    // How an agent authenticates never changes, so what is made before the change fits it.
    const agent = await parts.agents.find(agentIdOf(request));
    if (agent === undefined) throw new ProblemError('agent.unknown');
    const addition =
      agent.authMethod === 'client_secret_basic' ? makeSecret(agent, jwk, clientSecrets) : await takeKey(jwk);
    await changeAgent(parts, { request, response }, addition.decide);
    response.status(201).json(addition.body);
  };
}

/** What is added, and what is answered once it is. */
interface Addition {
  readonly decide: (agent: AgentRecord) => ClientEdit | Promise<ClientEdit>;
  readonly body: AddAgentKeyResponse;
}

function makeSecret(
  { clientId }: AgentRecord,
  jwk: object | undefined,
  clientSecrets: Pick<ClientSecrets, 'create'>,
): Addition {
  if (jwk !== undefined) {
    throw invalidParams([{ pointer: '/jwk', detail: 'does not go with client_secret_basic' }]);
  }
  const secret = clientSecrets.create(clientId);
  return {
    decide: (agent) => addAgentSecret(agent, secret),
    body: { kid: secret.kid, clientSecret: secret.secret },
  };
}

async function takeKey(jwk: Readonly<Record<string, unknown>> | undefined): Promise<Addition> {
  const { key, ...made } = jwk === undefined ? await generateKey() : { key: await parseKey(jwk) };
  return { decide: (agent) => addAgentKey(agent, key), body: { kid: key.kid, jwk: key, ...made } };
}

async function parseKey(jwk: Readonly<Record<string, unknown>>): Promise<PublicJwk> {
  const outcome = await parseSinglePublicKey(jwk);
  if (outcome.errors === undefined) return outcome.key;
  throw invalidParams(outcome.errors.map(({ pointer, detail }) => ({ pointer: `/jwk${pointer}`, detail })));
}
