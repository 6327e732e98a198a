import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto';
import type { Fault } from '@4runr/contracts/fault';
import type { Policy } from '@4runr/contracts/policy';
import { accessTokenTypeUri, clientAssertionType, tokenExchangeGrantType } from '@4runr/contracts/token';
import { type ClientCredentials, type EdgeClient, requestToken } from '@4runr/local-stack';
import { SignJWT } from 'jose';

/** An agent that a proof has enrolled, and what it asks of the token endpoints. */
export interface EnrolledAgent {
  readonly id: string;
  token(): Promise<string>;
  /** A token by which it acts for the agent of another token (RFC 8693). */
  actFor(subjectToken: string): Promise<string>;
  /** RFC 7009. */
  revoke(token: string): Promise<void>;
}

export interface Operator {
  enrol(role: string): Promise<EnrolledAgent>;
  revokeTokensOf(agent: EnrolledAgent): Promise<void>;
  /** Creates a policy; it is active within a second. */
  storePolicy(policy: Policy): Promise<void>;
  setFault(tool: string, fault: Fault): Promise<void>;
}

/** What operators do, through the edge. Everything but success throws. */
export async function createOperator(edge: EdgeClient, credentials: ClientCredentials): Promise<Operator> {
  const token = await requestToken(edge, credentials);
  return {
    async enrol(role) {
      const agent = await succeed(edge, '/v1/agents', { token, json: { name: `proof ${role}`, role } });
      const { id, clientId, privateKey } = agent as Record<'id' | 'clientId' | 'privateKey', string>;
      return agentOf(edge, { id, clientId, key: createPrivateKey(privateKey) });
    },
    async revokeTokensOf({ id }) {
      await succeed(edge, `/v1/agents/${id}/revoke-tokens`, { token, json: {} });
    },
    async storePolicy(policy) {
      await succeed(edge, '/v1/policies', { token, json: policy });
    },
    async setFault(tool, fault) {
      await succeed(edge, `/v1/faults/${tool}`, { token, json: fault }, 'PUT');
    },
  };
}

interface AgentKey {
  readonly id: string;
  readonly clientId: string;
  readonly key: KeyObject;
}

function agentOf(edge: EdgeClient, agent: AgentKey): EnrolledAgent {
  const authenticated = async (form: Record<string, string>) => ({
    form: {
      client_assertion_type: clientAssertionType,
      client_assertion: await signAssertion(edge.url, agent),
      ...form,
    },
  });
  const issue = async (grant: Record<string, string>) =>
    ((await succeed(edge, '/oauth/token', await authenticated(grant))) as { access_token: string })
      .access_token;
  return {
    id: agent.id,
    token: () => issue({ grant_type: 'client_credentials' }),
    actFor: (subjectToken) =>
      issue({
        grant_type: tokenExchangeGrantType,
        subject_token: subjectToken,
        subject_token_type: accessTokenTypeUri,
      }),
    async revoke(token) {
      await succeed(edge, '/oauth/revoke', await authenticated({ token }));
    },
  };
}

type Asked = Omit<NonNullable<Parameters<EdgeClient['send']>[1]>, 'method'>;

async function succeed(
  edge: EdgeClient,
  path: string,
  asked: Asked,
  method: 'POST' | 'PUT' = 'POST',
): Promise<unknown> {
  const { status, body } = await edge.send(path, { method, ...asked });
  if (status < 200 || status > 299) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

function signAssertion(issuer: string, { clientId, key }: AgentKey): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('4m')
    .sign(key);
}
