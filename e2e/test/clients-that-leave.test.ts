import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { e2e } from './mesh/config.ts';
import { callTool, stack, tokenOf } from './mesh/gateway.ts';

const search = { q: 'tea' };

describe('a client that leaves', () => {
  const head =
    'POST /v1/tools/serpapi/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  const unfinished: Readonly<Record<string, (token: string) => string>> = {
    'in its request line': () => 'POST /v1/tools/serpapi/se',
    'in its headers': () => head,
    'in its body': (token) => `${head}Authorization: Bearer ${token}\r\nContent-Length: 99\r\n\r\n{"q"`,
    'between its chunks': (token) =>
      `${head}Authorization: Bearer ${token}\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"q"\r\n`,
  };
  for (const [where, requestOf] of Object.entries(unfinished)) {
    it(`${where} harms nobody`, async () => {
      const { hostname, port } = new URL(stack().edge.http);
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write(requestOf(await tokenOf('scraper')));
      socket.destroy();
      await once(socket, 'close');
      assert.equal((await callTool('serpapi/search', search)).status, 200);
    });
  }

  for (const over of ['http', 'https'] as const) {
    it(`while its call is made takes the call with it, all along its way, over ${over}`, async () => {
      const leave = new AbortController();
      const url = `${e2e.webUrl}/held/left-${over}`;
      const call = callTool('http_fetch/get', { url }, { signal: leave.signal, over });
      await fetch(`${e2e.webUrl}/arrived/left-${over}`);
      leave.abort();
      await assert.rejects(call);
      await fetch(`${e2e.webUrl}/left/left-${over}`, { signal: AbortSignal.timeout(5_000) });
    });
  }
});
