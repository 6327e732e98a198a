import type { Fault } from '@4runr/contracts/fault';
import { type EdgeRequest, requestToken } from '@4runr/local-stack';
import type { MeshUnderLoad } from './mesh-under-load.ts';

/** What an operator does for a run. Everything but success throws. */
export interface OperatorDesk {
  ask(path: string, request?: Omit<EdgeRequest, 'token'>): Promise<unknown>;
  setFault(tool: string, fault: Fault): Promise<void>;
  clearFault(tool: string): Promise<void>;
}

/** Tokens of operators last for 15 minutes. */
const renewAfterMs = 10 * 60_000;

export function createOperatorDesk({ edge, operator }: MeshUnderLoad): OperatorDesk {
  let token: { readonly text: string; readonly since: number } | undefined;
  async function currentToken(): Promise<string> {
    if (token === undefined || performance.now() - token.since > renewAfterMs)
      token = { text: await requestToken(edge, operator), since: performance.now() };
    return token.text;
  }
  async function ask(path: string, request: Omit<EdgeRequest, 'token'> = {}): Promise<unknown> {
    const { status, body } = await edge.send(path, { ...request, token: await currentToken() });
    if (status < 200 || status > 299) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }
  return {
    ask,
    async setFault(tool, fault) {
      await ask(`/v1/faults/${tool}`, { method: 'PUT', json: fault });
    },
    async clearFault(tool) {
      await ask(`/v1/faults/${tool}`, { method: 'DELETE' });
    },
  };
}
