import { auditListSchema, auditStreamKeyOf } from '@4runr/contracts/audit';
import { createEdgeClient, requestToken, type Stack } from '@4runr/local-stack';
import type { TestRedisCluster, TestRedisNode } from '@4runr/local-stack/parts';
import { Pool } from 'undici';
import { createOperator, type EnrolledAgent, type Operator } from '../measure/operator.ts';

/** An agent, a token of its own, and the node that its partition lies on. */
export interface ClusteredAgent {
  readonly agent: EnrolledAgent;
  readonly token: string;
  readonly node: TestRedisNode;
}

/** What a request was answered with: its status, or the code of its problem. */
export interface Answered {
  readonly outcome: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

export interface Asked {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A mesh whose state lies on a Redis Cluster, and those who use it. */
export interface ClusteredMesh extends AsyncDisposable {
  readonly operator: Operator;
  readonly simulatorUrl: string;
  /** Agents of a role, so many that every node has some. */
  enrol(role: string, count: number): Promise<readonly ClusteredAgent[]>;
  ask(agent: ClusteredAgent, path: string, asked?: Asked): Promise<Answered>;
  /** How many items the audit trail holds of an agent. */
  countItems(agent: ClusteredAgent): Promise<number>;
}

export async function openClusteredMesh(stack: Stack, cluster: TestRedisCluster): Promise<ClusteredMesh> {
  const { edge: at, operator: credentials, simulator } = stack.describe();
  const edge = createEdgeClient({ url: at.https, caFile: at.ca });
  const calls = new Pool(at.http, { connections: 64, pipelining: 1 });
  const operator = await createOperator(edge, credentials);
  const operatorToken = await requestToken(edge, credentials);
  return {
    operator,
    simulatorUrl: simulator?.url ?? '',
    async enrol(role, count) {
      const agents: ClusteredAgent[] = [];
      for (let enrolled = 0; enrolled < count; enrolled += 1) {
        const agent = await operator.enrol(role);
        const node = await cluster.masterOf(auditStreamKeyOf(agent.id));
        agents.push({ agent, node, token: await agent.token() });
      }
      return agents;
    },
    async ask({ token }, path, { method = 'POST', headers = {}, body } = {}) {
      const answer = await calls.request({
        ...{ path, method },
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const json: unknown = await answer.body.json();
      const { code } = json as { code?: string };
      return {
        ...{ body: json, headers: answer.headers },
        outcome: answer.statusCode < 400 ? String(answer.statusCode) : String(code ?? answer.statusCode),
      };
    },
    async countItems({ agent }) {
      const { body } = await edge.send(`/v1/audit?agent=${agent.id}&limit=100`, { token: operatorToken });
      return auditListSchema.parse(body).items.length;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([calls.close(), edge.close()]);
    },
  };
}
