import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ConfigError } from '@4runr/service-kit/config';
import { readConfig, settings } from './config.ts';

const required = {
  DATABASE_URL: 'postgres://localhost/gateway',
  REDIS_URL: 'redis://localhost',
  PUBLIC_URL: 'https://gateway.example.com/',
};

function faultsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig({ ...required, ...environment });
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults;
  }
}

/** Production, but for the KEK. */
const production = {
  NODE_ENV: 'production',
  MESH_KEYS: '[]',
  DPOP_NONCE_SECRET: randomBytes(32).toString('base64'),
};

describe('the settings of auth-service', () => {
  it('need three things in development', () => {
    const config = readConfig(required);
    assert.equal(config.publicUrl, 'https://gateway.example.com');
    assert.equal(config.kek.length, 32);
  });

  it('refuse production without a KEK', () => {
    const faults = faultsOf(production);
    assert.deepEqual(
      faults.map((fault) => fault.split(' ')[0]),
      ['KEK_BASE64'],
    );
  });

  it('refuse production with the development KEK given by hand', () => {
    const kek = settings.kek.default ?? '';
    for (const KEK_BASE64 of [kek, kek.replace(/=+$/, '')]) {
      const faults = faultsOf({ ...production, KEK_BASE64 });
      assert.match(faults.join(), /^KEK_BASE64 is the development default/);
    }
  });

  it('refuse production with the development KEK, in whatever way it is given', () => {
    const kek = settings.kek.default ?? '';
    const folder = mkdtempSync(path.join(tmpdir(), 'kek-'));
    const file = path.join(folder, 'kek');
    writeFileSync(file, `${kek}\n`);
    const KEK_BASE64 = randomBytes(32).toString('base64');
    const ways: [environment: Record<string, string>, fault: RegExp][] = [
      [{ KEK_FILE: file }, /^KEK_BASE64 is the development default/],
      [{ KEK_BASE64_FILE: file }, /^KEK_BASE64 is the development default/],
      [{ KEK_BASE64, KEK_ACCEPTED_BASE64: kek }, /^KEK_ACCEPTED_BASE64 holds the development key/],
      [{ KEK_BASE64, KEK_ACCEPTED_FILE: file }, /^KEK_ACCEPTED_BASE64 holds the development key/],
    ];
    for (const [environment, fault] of ways)
      assert.match(faultsOf({ ...production, ...environment }).join(), fault);
    rmSync(folder, { recursive: true });
  });

  const unfit: readonly (readonly [what: string, environment: Record<string, string>, fault: RegExp])[] = [
    ['a KEK of zeros', { KEK_BASE64: Buffer.alloc(32).toString('base64') }, /^KEK_BASE64 is one byte/],
    [
      'a PUBLIC_URL without TLS',
      { PUBLIC_URL: 'http://gateway.example.com' },
      /^PUBLIC_URL must be an https URL/,
    ],
    [
      'signing keys that nobody can know in time',
      { SIGNING_KEY_PUBLISH_SECONDS: '9' },
      /^SIGNING_KEY_PUBLISH_SECONDS is less than 10/,
    ],
  ];
  for (const [what, environment, fault] of unfit) {
    it(`refuse ${what} in production alone`, () => {
      const KEK_BASE64 = randomBytes(32).toString('base64');
      assert.deepEqual(faultsOf({ KEK_BASE64, ...environment }), []);
      assert.match(faultsOf({ ...production, KEK_BASE64, ...environment }).join(), fault);
    });
  }

  it('take several accepted KEKs, and name the one that is none', () => {
    const keks = [1, 2].map((fill) => Buffer.alloc(32, fill));
    const given = keks.map((kek) => kek.toString('base64'));
    assert.deepEqual(readConfig({ ...required, KEK_ACCEPTED_BASE64: given.join(', ') }).acceptedKeks, keks);
    assert.match(
      faultsOf({ KEK_ACCEPTED_BASE64: `${given[0]},AA==` }).join(),
      /^KEK_ACCEPTED_BASE64 is not 32 bytes in base64 at 1$/,
    );
  });

  it('take production with a KEK of its own', () => {
    const KEK_BASE64 = randomBytes(32).toString('base64');
    assert.deepEqual(faultsOf({ ...production, KEK_BASE64 }), []);
  });

  it('refuse production with the well-known secret of DPoP nonces', () => {
    const KEK_BASE64 = randomBytes(32).toString('base64');
    assert.match(
      faultsOf({ ...production, KEK_BASE64, DPOP_NONCE_SECRET: '' }).join(),
      /^DPOP_NONCE_SECRET must be set/,
    );
  });

  it('refuse edge URLs that are none', () => {
    assert.match(faultsOf({ EDGE_URLS: 'https://a.test, b.test' }).join(), /^EDGE_URLS is not a URL/);
  });

  it('refuse a KEK of another length', () => {
    assert.match(
      faultsOf({ KEK_BASE64: randomBytes(16).toString('base64') }).join(),
      /^KEK_BASE64 is not 32 bytes/,
    );
  });

  it('refuse an operator without keys, keys without an operator, and an unusable client id', () => {
    assert.match(faultsOf({ OPERATOR_CLIENT_ID: 'admin' }).join(), /go together/);
    assert.match(faultsOf({ OPERATOR_JWKS: '{"keys":[{}]}' }).join(), /go together/);
    assert.match(
      faultsOf({ OPERATOR_CLIENT_ID: 'a\u00e9', OPERATOR_JWKS: '{"keys":[{}]}' }).join(),
      /printable ASCII/,
    );
  });
});
