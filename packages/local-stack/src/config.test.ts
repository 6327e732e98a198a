import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { handedOnTo, readStackEnvironment } from './config.ts';

describe('the environment of the stack', () => {
  it('simulates providers unless told otherwise', () => {
    assert.equal(readStackEnvironment({}).upstreamMode, 'mock');
    assert.equal(readStackEnvironment({ UPSTREAM_MODE: 'live' }).upstreamMode, 'live');
  });

  it('refuses another mode by name', () => {
    assert.throws(() => readStackEnvironment({ UPSTREAM_MODE: 'prod' }), /UPSTREAM_MODE is "prod"/);
  });

  it('trusts no proxy ahead of the edge unless told to', () => {
    assert.deepEqual(readStackEnvironment({}).trustedProxies, []);
    assert.deepEqual(readStackEnvironment({ EDGE_TRUSTED_PROXIES: '10.1.0.0/16' }).trustedProxies, [
      '10.1.0.0/16',
    ]);
    assert.throws(() => readStackEnvironment({ EDGE_TRUSTED_PROXIES: 'all' }), /EDGE_TRUSTED_PROXIES/);
  });

  it('hands on flags, telemetry and credentials, and nothing else', () => {
    const { handedOn } = readStackEnvironment({
      FF_CACHE: 'off',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
      OPENAI_API_KEY: 'k',
      FAULT_SEED: '7',
      JOBS_CONCURRENCY: '2',
      JOB_RESULT_BYTES_MAX: '1000',
      JOBS_KEY_BASE64: 'k',
      LOG_LEVEL: '',
      DATABASE_URL: 'postgres://elsewhere',
      NODE_OPTIONS: '--inspect',
    });
    assert.deepEqual(handedOn, {
      FF_CACHE: 'off',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
      OPENAI_API_KEY: 'k',
      FAULT_SEED: '7',
      JOBS_CONCURRENCY: '2',
      JOB_RESULT_BYTES_MAX: '1000',
    });
  });

  it('hands options of Node on under a name of their own, never those of the program that starts it', () => {
    const handedOn = (environment: Record<string, string>) => readStackEnvironment(environment).handedOn;
    assert.deepEqual(handedOn({ NODE_OPTIONS: '--inspect' }), {});
    assert.deepEqual(handedOn({ SERVICE_NODE_OPTIONS: '--cpu-prof' }), { NODE_OPTIONS: '--cpu-prof' });
  });

  it('hands what belongs to one adapter on to that adapter alone', () => {
    const handedOn = { FF_CACHE: 'off', OPENAI_API_KEY: 'k', HTTP_FETCH_ALLOW_HOSTS: 'a.test' };
    assert.deepEqual(handedOnTo('OPENAI_', handedOn), { FF_CACHE: 'off', OPENAI_API_KEY: 'k' });
    assert.deepEqual(handedOnTo(undefined, handedOn), { FF_CACHE: 'off' });
  });

  it('hands on a file of faults by a path that means the same to every service', () => {
    const { handedOn } = readStackEnvironment({ FAULTS_FILE: 'faults.json' });
    assert.equal(handedOn.FAULTS_FILE, path.resolve('faults.json'));
  });
});
