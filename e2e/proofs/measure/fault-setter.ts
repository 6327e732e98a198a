import type { Fault } from '@4runr/contracts/fault';
import { createEdgeClient, requestToken, type StackFile } from '@4runr/local-stack';
import { request } from 'undici';

export interface FaultSetter {
  set(tool: string, fault: Fault): Promise<void>;
  /** Takes the tool's fault back. */
  clear(tool: string): Promise<void>;
}

/** Sets faults as the operator does. Their token lasts for 15 minutes. */
export async function createFaultSetter({ edge, operator }: StackFile): Promise<FaultSetter> {
  const client = createEdgeClient({ url: edge.https, caFile: edge.ca });
  const token = await requestToken(client, operator);
  await client.close();
  const ask = async (method: 'PUT' | 'DELETE', tool: string, fault?: Fault) => {
    const answer = await request(`${edge.http}/v1/faults/${tool}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(fault === undefined ? {} : { body: JSON.stringify(fault) }),
    });
    const body = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`no fault was set: ${body}`);
  };
  return { set: (tool, fault) => ask('PUT', tool, fault), clear: (tool) => ask('DELETE', tool) };
}
