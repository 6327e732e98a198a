import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { createAuthority, createLeaf, untilSucceeds } from '@4runr/local-stack/installation';
import { prepareNginx } from '@4runr/local-stack/parts';
import { freePort, releasePort } from '@4runr/local-stack/process';
import { readConfig } from '../src/config.ts';
import { gatewayFolder } from '../src/gateway-folder.ts';
import { setUp } from '../src/set-up.ts';
import { readComposeFile, root } from './compose-file.ts';

const runs = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;

describe('docker-compose.yml, read by compose', () => {
  const envFiles = ['.env', 'deploy/live.env'];
  for (const [command, ...before] of [['docker-compose'], ['docker', 'compose']] as const) {
    const skip = !runs(command, ...before, 'version');
    for (const envFile of envFiles)
      it(`is valid with ${envFile} to ${[command, ...before].join(' ')}`, { skip }, () => {
        const args = [...before, '--env-file', envFile, 'config', '--quiet'];
        const { status, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
        assert.equal(status, 0, stderr);
      });
  }
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

  const script = join(root, 'deploy/edge/start-edge.sh');
  const [certificateFile, keyFile] = ['certificate.pem', 'private-key.pem'].map((name) =>
    join(folder.handedTo('edge'), name),
  ) as [string, string];
  const settings = (more: NodeJS.ProcessEnv) => ({
    ...environment,
    PATH: `${nginxFolder}:/usr/local/bin:/usr/bin:/bin`,
    EDGE_SOURCE: join(root, 'nginx'),
    EDGE_TARGET: target,
    EDGE_ACCESS_LOG: join(folder.root, 'access.log'),
    EDGE_TLS_CERTIFICATE: certificateFile,
    EDGE_TLS_KEY: keyFile,
    EDGE_AUTH_SERVICE: 'localhost:4001',
    EDGE_POLICY_SERVICE: 'localhost:4002',
    EDGE_PROXY_SERVICE: 'localhost:4003',
    ...more,
  });
  /** Runs the script up to where it would become nginx, which has then read the whole configuration. */
  const check = (more: NodeJS.ProcessEnv = {}) =>
    spawnSync('sh', [script, 'check'], { encoding: 'utf8', env: settings(more) });

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

  it('takes another certificate while it serves, once its key is there too, and no request fails', {
    skip,
  }, async () => {
    const [port, plainPort] = [await freePort(22_300), await freePort(22_300)];
    const edge = spawn('sh', [script], {
      env: settings({
        EDGE_SIMULATOR_URL: '',
        EDGE_HTTP_PORT: String(plainPort),
        EDGE_HTTPS_PORT: String(port),
        EDGE_FOLLOW_SECONDS: '0.1',
      }),
      // Of its own, so that what it does in the background ends with it.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let told = '';
    edge.stderr.on('data', (text) => {
      told += String(text);
    });
    const untilServing = (serial: string) =>
      untilSucceeds(async () => {
        if ((await askHealth(port)).serial !== serial) throw new Error('not yet');
      }, AbortSignal.timeout(60_000));
    const wasServing = new X509Certificate(readFileSync(certificateFile)).serialNumber;
    // Handed-out files are read-only, to their owner too: another one takes their place.
    const handOut = (file: string, content: string) => {
      rmSync(file);
      writeFileSync(file, content);
    };
    const next = await createLeaf(await createAuthority('another'), ['localhost']);
    try {
      await untilServing(wasServing);
      handOut(certificateFile, next.certificate);
      while (!told.includes('the new certificate is not taken')) {
        assert.deepEqual(await askHealth(port), { status: 200, serial: wasServing });
      }
      handOut(keyFile, next.privateKey);
      await untilServing(new X509Certificate(next.certificate).serialNumber);
    } finally {
      if (edge.pid !== undefined) process.kill(-edge.pid, 'SIGKILL');
      releasePort(port);
      releasePort(plainPort);
    }
  });
});

/** Asks the edge on a connection of its own. @throws Error when that fails */
async function askHealth(port: number): Promise<{ status: number; serial: string }> {
  const request = get({
    ...{ host: '127.0.0.1', port, path: '/health', servername: 'localhost' },
    ...{ rejectUnauthorized: false, agent: false },
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const { serialNumber } = (response.socket as TLSSocket).getPeerCertificate();
  response.resume();
  await once(response, 'end');
  return { status: response.statusCode ?? 0, serial: serialNumber };
}
