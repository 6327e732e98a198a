import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { EdgeAnswer, EdgeClient } from './edge-client.ts';
import { enrolAgents } from './enrol-agents.ts';

let folder: string;
let keyFile: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), '4runr-enrol-'));
  keyFile = join(folder, 'key.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
});
after(() => rmSync(folder, { recursive: true }));

/** Refuses tokens with the statuses given, then gives them, and enrols whoever comes. */
function edgeThatRefuses(statuses: readonly number[]): EdgeClient & { readonly assertions: string[] } {
  const left = [...statuses];
  const assertions: string[] = [];
  const answer = (status: number, body: object): EdgeAnswer => ({ status, body, ms: 0 });
  return {
    url: 'https://edge.test',
    issuer: 'https://edge.test',
    assertions,
    close: async () => {},
    async send(path, { form } = {}) {
      if (path === '/v1/agents') return answer(201, { id: 'agt_1', clientId: 'agt_1' });
      assertions.push(String(form?.client_assertion));
      const status = left.shift();
      return status === undefined ? answer(200, { access_token: 'token' }) : answer(status, {});
    },
  };
}

const enrol = (edge: EdgeClient) =>
  enrolAgents({
    edge,
    operator: { clientId: 'operator', keyFile },
    keyFileOf: () => keyFile,
    file: join(folder, 'agents.json'),
    pause: async () => {},
  });

describe('agents are enrolled', () => {
  it('when tokens are refused for a second after a restart, each time by a new assertion', async () => {
    const edge = edgeThatRefuses([503, 503]);
    const agents = await enrol(edge);
    assert.equal(agents.scraper.id, 'agt_1');
    assert.equal(new Set(edge.assertions).size, edge.assertions.length);
  });

  it('not when the operator is refused for good, which is told at once', async () => {
    const edge = edgeThatRefuses([401]);
    await assert.rejects(enrol(edge), { name: 'TokenRefusedError', status: 401 });
    assert.equal(edge.assertions.length, 1);
  });

  it('not when tokens are refused without end', async () => {
    await assert.rejects(enrol(edgeThatRefuses(Array(100).fill(503))), {
      name: 'TokenRefusedError',
      status: 503,
    });
  });
});
