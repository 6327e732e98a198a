import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { prepareNginx } from '@4runr/local-stack/parts';
import { readConfig } from '../src/config.ts';
import { gatewayFolder } from '../src/gateway-folder.ts';
import { setUp } from '../src/set-up.ts';
import { readComposeFile, root } from './compose-file.ts';

const runs = (command: string, flag: string) => spawnSync(command, [flag]).status === 0;

describe('docker-compose.yml, read by docker-compose', () => {
  const skip = !runs('docker-compose', '--version');

  for (const envFile of ['.env', 'deploy/live.env'])
    it(`is valid with ${envFile}`, { skip }, () => {
      const { status, stderr } = spawnSync('docker-compose', ['--env-file', envFile, 'config', '--quiet'], {
        cwd: root,
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
    });
});

describe('the edge in a container', () => {
  const skip = !runs('envsubst', '--version');
  const folder = gatewayFolder(mkdtempSync(join(tmpdir(), 'container-edge-')));
  const environment = readComposeFile('.env').services.edge?.environment ?? {};
  const target = join(folder.root, 'edge');
  let nginxFolder = '';

  before(async () => {
    if (skip) return;
    await setUp(folder, readConfig({ PUBLIC_URL: 'https://localhost:8443' }));
    const nginx = await prepareNginx({ cacheDir: join(root, '.local') });
    const names = { name: 'edge', configFile: '', prefix: target, logFile: '', ports: [] };
    nginxFolder = dirname(nginx.specFor(names).command);
  });
  after(() => rmSync(folder.root, { recursive: true }));

  /** Runs the script up to where it would become nginx, which has then read the whole configuration. */
  const check = (more: NodeJS.ProcessEnv = {}) =>
    spawnSync('sh', [join(root, 'deploy/edge/start-edge.sh'), 'check'], {
      encoding: 'utf8',
      env: {
        ...environment,
        ...more,
        PATH: `${nginxFolder}:/usr/local/bin:/usr/bin:/bin`,
        EDGE_SOURCE: join(root, 'nginx'),
        EDGE_TARGET: target,
        EDGE_ACCESS_LOG: join(folder.root, 'access.log'),
        EDGE_TLS_CERTIFICATE: join(folder.handedTo('edge'), 'certificate.pem'),
        EDGE_TLS_KEY: join(folder.handedTo('edge'), 'private-key.pem'),
        EDGE_AUTH_SERVICE: 'localhost:4001',
        EDGE_POLICY_SERVICE: 'localhost:4002',
        EDGE_PROXY_SERVICE: 'localhost:4003',
      },
    });

  it('is configured by the templates of the local stack, with every placeholder filled in', { skip }, () => {
    const { status, stderr } = check({ EDGE_SIMULATOR_URL: 'http://localhost:4020' });
    assert.equal(status, 0, stderr);
    const written = readFileSync(join(target, 'nginx.conf'), 'utf8');
    assert.match(written, /include edge\/fault-routes\.conf;/);
    assert.doesNotMatch(written, /\$\{EDGE_/);
    assert.match(readFileSync(join(target, 'edge/upstreams.conf'), 'utf8'), /server \S+:4003/);
  });

  it('sends plain HTTP to its public URL where it has one', { skip }, () => {
    const { status, stderr } = check({ EDGE_SIMULATOR_URL: '', EDGE_PUBLIC_URL: 'https://gateway.example' });
    assert.equal(status, 0, stderr);
    assert.match(
      readFileSync(join(target, 'edge/redirect-plain-http.conf'), 'utf8'),
      /return 308 https:\/\/gateway\.example\$request_uri;/,
    );
  });

  it('has no routes of faults, and believes the proxies ahead of it, as it is told', { skip }, () => {
    const { status, stderr } = check({
      EDGE_SIMULATOR_URL: '',
      EDGE_TRUSTED_PROXIES: '10.1.0.0/16, 10.2.0.1',
    });
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(readFileSync(join(target, 'nginx.conf'), 'utf8'), /fault-routes/);
    const trust = readFileSync(join(target, 'edge/client-address.conf'), 'utf8');
    assert.match(trust, /set_real_ip_from 10\.1\.0\.0\/16;\nset_real_ip_from 10\.2\.0\.1;/);
  });
});
