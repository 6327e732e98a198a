import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError } from '@4runr/service-kit/config';
import { canFault, readConfig } from './config.ts';

const faultsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.faults : assert.fail(String(error));
  }
};

describe('the settings of the simulator', () => {
  const needed = {
    PUBLIC_URL: 'https://localhost:8443',
    AUTH_SERVICE_URL: 'http://localhost:4001',
    REDIS_URL: 'redis://localhost:6379',
  };

  it('can be left alone: there are no faults then', () => {
    assert.equal(canFault(readConfig({})), false);
  });

  it('let faults be in mock mode with FF_CHAOS=on, and only then', () => {
    assert.equal(canFault(readConfig({ ...needed, FF_CHAOS: 'on' })), true);
    assert.equal(canFault(readConfig({ ...needed, FF_CHAOS: 'on', UPSTREAM_MODE: 'live' })), false);
    assert.equal(canFault(readConfig({ ...needed, UPSTREAM_MODE: 'mock' })), false);
  });

  it('say what is missing to check operators’ tokens by', () => {
    assert.match(
      faultsOf({ FF_CHAOS: 'on' }).join('\n'),
      /^PUBLIC_URL is required.*\nAUTH_SERVICE_URL is req/,
    );
  });

  it('refuse a file of faults that would be read in vain', () => {
    assert.match(faultsOf({ FAULTS_FILE: 'faults.json' }).join(), /^FAULTS_FILE is set, but/);
  });

  it('refuse a mode or a flag that does not exist', () => {
    assert.equal(faultsOf({ UPSTREAM_MODE: 'prod', FF_CHAOS: 'true' }).length, 2);
  });
});
