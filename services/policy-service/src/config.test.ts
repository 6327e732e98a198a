import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { ConfigError } from '@4runr/service-kit/config';
import { readConfig } from './config.ts';

const environment = {
  DATABASE_URL: 'postgres://localhost/gateway',
  REDIS_URL: 'redis://127.0.0.1:6379',
  PUBLIC_URL: 'https://gateway.test',
  AUTH_SERVICE_URL: 'http://127.0.0.1:4001',
  MESH_KEYS: '[]',
};

describe('readConfig', () => {
  it('enforces policies unless told otherwise', () => {
    assert.equal(readConfig(environment).policyEnabled, true);
  });

  it('lets policies be switched off in development', () => {
    assert.equal(readConfig({ ...environment, FF_POLICY: 'off' }).policyEnabled, false);
  });

  it('refuses to start in production with policies switched off', () => {
    const DPOP_NONCE_SECRET = randomBytes(32).toString('base64');
    const AUDIT_KEY_BASE64 = randomBytes(32).toString('base64');
    const secrets = { DPOP_NONCE_SECRET, AUDIT_KEY_BASE64 };
    const production = { ...environment, NODE_ENV: 'production', ...secrets, FF_POLICY: 'off' };
    assert.throws(
      () => readConfig(production),
      (error) => error instanceof ConfigError && /FF_POLICY/.test(error.message),
    );
  });

  it('names every setting that is missing at once', () => {
    assert.throws(
      () => readConfig({}),
      (error) => error instanceof ConfigError && error.faults.length === 4,
    );
  });
});
