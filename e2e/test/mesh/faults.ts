import { type Fault, type FaultList, faultListSchema } from '@4runr/contracts/fault';
import type { AgentName } from '@4runr/local-stack';
import { askAsOperator, callTool } from './gateway.ts';

/** Sets a fault as an operator does. @throws Error when it is refused */
export async function setFault(tool: string, fault: Fault): Promise<void> {
  const answer = await askAsOperator(`/v1/faults/${tool}`, 'PUT', fault);
  if (answer.status !== 200 && answer.status !== 201) throw new Error(`no fault was set: ${answer.text}`);
}

/** Takes back every fault, so that other tests find providers that work, and tools whose breakers are closed. */
export async function clearFaults(): Promise<void> {
  const { items } = await listFaults();
  for (const { tool } of items) {
    await askAsOperator(`/v1/faults/${tool}`, 'DELETE');
    await untilItIsAsked(tool);
  }
}

/** A call of each tool that may be made as often as one likes. Of mails none is; and few fail one after the other. */
const harmless: Readonly<Record<string, readonly [action: string, params: object, by: AgentName]>> = {
  serpapi: ['serpapi/search', { q: 'are you back' }, 'scraper'],
  openai: ['openai/chat', { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }, 'enricher'],
  http_fetch: ['http_fetch/get', { url: 'http://example.com/' }, 'scraper'],
};

/** Until its breaker lets a call through, which closes it. */
async function untilItIsAsked(tool: string): Promise<void> {
  const [action, params, by] = harmless[tool] ?? [];
  if (action === undefined) return;
  while (
    (await callTool(action, params, { by: by ?? 'scraper', headers: { 'cache-control': 'no-store' } }))
      .status === 503
  )
    await new Promise(setImmediate);
}

export async function listFaults(): Promise<FaultList> {
  return faultListSchema.parse((await askAsOperator('/v1/faults', 'GET')).json);
}
