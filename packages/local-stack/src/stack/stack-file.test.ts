import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readStackFile, type StackFile, writeStackFile } from './stack-file.ts';

const agent = { id: 'agt_1', clientId: 'agt_1', keyFile: '.local/keys/scraper.pem' };
const stack: StackFile = {
  edge: {
    http: 'http://localhost:8080',
    https: 'https://localhost:8443',
    ca: '.local/tls/ca.pem',
    exporter: 'http://127.0.0.1:4030',
  },
  operator: { clientId: 'operator', keyFile: '.local/keys/operator.pem' },
  agents: { scraper: agent, enricher: agent, engager: agent },
  services: {
    'auth-service': [{ url: 'http://127.0.0.1:4001', pid: 1, log: '.local/logs/auth-service.log' }],
  },
  simulator: { url: 'http://127.0.0.1:4020' },
  postgres: { url: 'postgres://gateway:x@127.0.0.1:4032/gateway' },
  redis: { url: 'redis://127.0.0.1:4079', cacheUrl: 'redis://127.0.0.1:4080' },
  traces: { otlp: 'http://127.0.0.1:4318', folder: '.local/traces' },
  supervisor: { pid: 1, startedAt: '2026-01-01T00:00:00.000Z' },
  parts: [],
};

describe('stack.json', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), '4runr-stack-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('reads back as it was written, and only its owner may read it', () => {
    const file = join(folder, 'stack.json');
    writeStackFile(file, stack);
    assert.deepEqual(readStackFile(file), stack);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('is no stack where there is no file', () => {
    assert.equal(readStackFile(join(folder, 'absent.json')), undefined);
  });
});
