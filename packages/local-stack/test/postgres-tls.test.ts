import assert from 'node:assert/strict';
import { chownSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { DatabaseUnfitError, ensureSchema } from '@4runr/service-kit/postgres';
import { Client } from 'pg';
import { type PreparedPostgres, preparePostgres } from '../src/parts/index.ts';
import { unprivilegedAccount } from '../src/parts/unprivileged-account.ts';
import { untilSucceeds } from '../src/process/index.ts';
import { temporaryFolder } from '../src/process/testing.ts';
import { createAuthority, createLeaf } from '../src/tls/certificate.ts';
import { partOptions, running } from './parts-under-test.ts';

/** The server with a certificate of an authority of its own, whose own certificate is in `caFile`. */
async function overTls({ spec }: PreparedPostgres) {
  const folder = dirname(spec.args[1] ?? '');
  const authority = await createAuthority('postgres of a test');
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    const account = unprivilegedAccount();
    if (account !== undefined) chownSync(file, account.uid, account.gid);
    return file;
  };
  const identify = async (name: string) => {
    const { certificate, privateKey } = await createLeaf(authority, [name]);
    return { ssl_cert_file: write('cert.pem', certificate), ssl_key_file: write('key.pem', privateKey) };
  };
  const settings = { ssl: 'on', ...(await identify('localhost')) };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return {
    spec: { ...spec, args: [...spec.args, ...args] },
    caFile: write('ca.pem', authority.certificate),
    /** Gives the server another certificate, which it takes at SIGHUP. */
    identify,
  };
}

describe('a Postgres over TLS', () => {
  it('is used as the name that its authority vouches for, and else refused at the start with what is to be done', async (context) => {
    using folder = temporaryFolder();
    using options = await partOptions(folder.path, 'postgres-tls');
    const postgres = await preparePostgres({ ...options, durable: false });
    context.after(() => postgres.removeData());
    const { spec, caFile, identify } = await overTls(postgres);
    await using server = await running(spec);
    const role = await postgres.ensureServiceRole({ database: 'gateway', role: 'auth' });
    const urlOf = (query: string) => `${role.replace('127.0.0.1', 'localhost')}?sslmode=verify-full${query}`;
    const start = (url: string) => ensureSchema({ url, schema: 'auth', migrations: {} });

    const refused = (url: string, why: RegExp) =>
      assert.rejects(start(url), (error: unknown) => {
        assert.ok(error instanceof DatabaseUnfitError, String(error));
        assert.match(error.message, /^the server of DATABASE_URL does not prove that it is the one meant: /);
        assert.match(error.message, why);
        return true;
      });

    const right = urlOf(`&sslrootcert=${caFile}`);
    await start(right);
    const client = new Client({ connectionString: right });
    await client.connect();
    const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    await client.end();
    assert.deepEqual(rows, [{ ssl: true }]);

    const otherFile = join(folder.path, 'other-ca.pem');
    writeFileSync(otherFile, (await createAuthority('somebody else')).certificate);
    await refused(urlOf(`&sslrootcert=${otherFile}`), /self-signed|unable to|issuer/);
    await refused(urlOf(''), /self-signed|unable to|issuer/);

    await identify('postgres.elsewhere');
    process.kill(server.pid, 'SIGHUP');
    await untilSucceeds(
      () => refused(right, /does not match certificate's altnames/),
      AbortSignal.timeout(20_000),
    );
  });
});
