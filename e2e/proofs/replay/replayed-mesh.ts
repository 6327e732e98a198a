import { createEdgeClient, type EdgeClient, requestToken, type StackFile } from '@4runr/local-stack';
import { Pool } from 'undici';
import { createOperator, type Operator } from '../measure/operator.ts';

/** A mesh as its clients reach it. */
export interface ReplayedMesh {
  readonly edge: EdgeClient;
  /** To the edge over plain HTTP, one call after another. */
  readonly calls: Pool;
  /** What the operator may do now: tokens of operators last 15 minutes. */
  readonly signIn: () => Promise<{ readonly operator: Operator; readonly token: string }>;
  close(): Promise<void>;
}

export function reachMesh({ edge: at, operator: credentials }: StackFile): ReplayedMesh {
  const edge = createEdgeClient({ url: at.https, caFile: at.ca });
  const calls = new Pool(at.http, { connections: 1 });
  return {
    edge,
    calls,
    signIn: async () => ({
      operator: await createOperator(edge, credentials),
      token: await requestToken(edge, credentials),
    }),
    close: async () => void (await Promise.all([edge.close(), calls.close()])),
  };
}
