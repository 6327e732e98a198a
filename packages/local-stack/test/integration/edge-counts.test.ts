import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Exporter, startExporter } from '@4runr/edge-exporter';
import { freePort, untilSucceeds } from '../../src/process/index.ts';
import { startTestEdge, type TestEdge } from './start-test-edge.ts';

describe('what the edge answers is counted', () => {
  let exporter: Exporter;
  let edge: TestEdge;
  before(async () => {
    const outcomesPort = await freePort(24_030);
    exporter = await startExporter({ port: 0, host: '127.0.0.1', outcomesPort });
    edge = await startTestEdge({ outcomesPort });
  });
  after(() => Promise.all([edge?.stop(), exporter?.stop()]));

  const ask = async (path: string, init?: RequestInit) =>
    (await fetch(`http://127.0.0.1:${edge.httpPort}${path}`, init)).status;

  /** How many answers of this code and origin there were. */
  async function counted(code: number, origin: 'edge' | 'service'): Promise<number> {
    const exposed = await (await fetch(`${exporter.url}/metrics`)).text();
    const sample = new RegExp(
      `^gateway_edge_responses_total\\{code="${code}",origin="${origin}",[^}]*\\} (\\d+)$`,
      'm',
    );
    return Number(sample.exec(exposed)?.[1] ?? 0);
  }

  /** Reports come after answers. */
  const untilCounted = (times: number, code: number, origin: 'edge' | 'service') =>
    untilSucceeds(async () => assert.equal(await counted(code, origin), times), AbortSignal.timeout(10_000));

  it('as a service’s where one has answered, errors among them', async () => {
    edge.upstream.answer = (_request, response) => response.writeHead(502).end('{}');
    assert.equal(await ask('/v1/tools/serpapi/search', { method: 'POST', body: '{}' }), 502);
    edge.upstream.answer = (_request, response) => response.end('{}');
    assert.equal(await ask('/v1/tools'), 200);
    await untilCounted(1, 502, 'service');
    await untilCounted(1, 200, 'service');
    assert.equal(await counted(502, 'edge'), 0);
  });

  it('as the edge’s own where a service cannot be connected to', async () => {
    assert.equal(await ask('/v1/agents'), 503);
    await untilCounted(1, 503, 'edge');
    assert.equal(await counted(503, 'service'), 0);
  });

  it('as the edge’s own where a connection broke after a call was sent', async () => {
    edge.upstream.answer = (request) => request.socket.destroy();
    assert.equal(await ask('/v1/tools/serpapi/search', { method: 'POST', body: '{}' }), 502);
    await untilCounted(1, 502, 'edge');
    assert.equal(await counted(502, 'service'), 1);
  });

  it('as the edge’s own where no service is asked', async () => {
    assert.equal(await ask('/v1/tools/serpapi/search', { method: 'POST', body: 'x'.repeat(1_048_577) }), 413);
    assert.equal(await ask('/metrics'), 404);
    await untilCounted(1, 413, 'edge');
    await untilCounted(1, 404, 'edge');
  });

  it('says each failure of its own before the first, so that the first is seen to be one more', async () => {
    const exposed = await (await fetch(`${exporter.url}/metrics`)).text();
    for (const code of [502, 503]) assert.match(exposed, new RegExp(`code="${code}",origin="edge"`));
  });
});
