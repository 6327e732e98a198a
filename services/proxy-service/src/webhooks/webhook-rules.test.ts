import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEgressGuard } from '@4runr/egress-guard';
import { ProblemError } from '@4runr/service-kit/errors';
import { createWebhookReader, createWebhookRules, refuseWebhooks } from './webhook-rules.ts';

const privateHosts = ['localhost:9000', '10.0.0.7:8443'];
const rules = createWebhookRules({
  hosts: ['hooks.company.com', '*.example.com', '127.0.0.1'],
  privateHosts,
});
const read = createWebhookReader(rules, createEgressGuard({ ports: [443], allowHosts: privateHosts }).check);

const codeOf = (...headers: readonly string[]): string | undefined => {
  try {
    read(headers);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ProblemError);
    return error.code;
  }
};

describe('a webhook', () => {
  for (const url of [
    'https://hooks.company.com/jobs?of=1',
    'https://hooks.company.com:443/jobs',
    'https://a.b.example.com/',
    'https://localhost:9000/',
    'http://localhost:9000/',
    'https://10.0.0.7:8443/',
  ]) {
    it(`may be ${url}`, () => assert.equal(read([url]), new URL(url).href));
  }

  for (const url of [
    'https://example.com/',
    'https://hooks.company.com.evil.test/',
    'https://hooks.company.com:8443/',
    'http://hooks.company.com/',
    'http://localhost/',
    'https://localhost:9001/',
    'https://10.0.0.7/',
    'https://[::1]:9000/',
  ]) {
    it(`may not be ${url}, which no operator has listed`, () => {
      assert.equal(codeOf(url), 'target.forbidden');
    });
  }

  for (const url of ['https://127.0.0.1/', 'https://0x7f000001/']) {
    it(`may not be ${url}, which is private, however it was listed`, () => {
      assert.equal(codeOf(url), 'target.forbidden');
    });
  }

  for (const text of [
    'hooks.company.com',
    'ftp://hooks.company.com/',
    'https://user@hooks.company.com/',
    'https://hooks.company.com/#part',
    'https://hooks.company.com/, https://hooks.company.com/',
    `https://hooks.company.com/${'a'.repeat(2_048)}`,
    '',
  ]) {
    it(`is none: ${text.slice(0, 60)}`, () => assert.equal(codeOf(text), 'request.invalid'));
  }

  it('is one', () => {
    const url = 'https://hooks.company.com/';
    assert.equal(codeOf(url, url), 'request.invalid');
  });

  it('is nobody where none is asked for, or none is allowed', () => {
    assert.equal(read([]), undefined);
    assert.equal(refuseWebhooks([]), undefined);
    assert.throws(() => refuseWebhooks(['https://hooks.company.com/']), { code: 'target.forbidden' });
  });
});
