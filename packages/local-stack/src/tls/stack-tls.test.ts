import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect, createServer } from 'node:tls';
import { ensureStackTls } from './stack-tls.ts';

const names = ['localhost', '127.0.0.1', '::1', '*.example.com'];

describe('the TLS folder of the stack', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), '4runr-tls-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is kept as it is while nothing has changed', async () => {
    const { leaves, caFile } = await ensureStackTls(folder, { edge: names });
    const read = () => [caFile, leaves.edge?.certificateFile ?? ''].map((file) => readFileSync(file, 'utf8'));
    const first = read();
    await ensureStackTls(folder, { edge: names });
    assert.deepEqual(read(), first);
  });

  it('holds private keys that only the owner may read', async () => {
    const { leaves } = await ensureStackTls(folder, { edge: names });
    for (const file of [leaves.edge?.privateKeyFile ?? '', join(folder, 'ca-key.pem')])
      assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('renews a leaf whose names have changed, under the same authority', async () => {
    const { leaves, caFile } = await ensureStackTls(folder, { edge: [...names, 'gateway.test'] });
    const leaf = new X509Certificate(readFileSync(leaves.edge?.certificateFile ?? ''));
    assert.ok(leaf.checkHost('gateway.test'));
    assert.ok(leaf.verify(new X509Certificate(readFileSync(caFile)).publicKey));
  });

  it('serves clients that trust the authority under a name, a wildcard and an address', async (t) => {
    const { leaves, caFile } = await ensureStackTls(folder, { edge: names });
    const server = createServer({
      cert: readFileSync(leaves.edge?.certificateFile ?? ''),
      key: readFileSync(leaves.edge?.privateKeyFile ?? ''),
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const servername of ['localhost', 'www.example.com', '']) {
      const socket = connect({ port, host: '127.0.0.1', servername, ca: readFileSync(caFile) });
      await once(socket, 'secureConnect');
      assert.equal(socket.authorized, true, servername);
      socket.destroy();
    }
  });
});
