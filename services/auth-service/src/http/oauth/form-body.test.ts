import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseForm } from './form-body.ts';

describe('parseForm', () => {
  it('reads names and values as a form has them', () => {
    const form = parseForm('a=1+2&b=%C3%A9');
    assert.deepEqual(
      [form.get('a'), form.get('b'), form.has('b'), form.get('c')],
      ['1 2', 'é', true, undefined],
    );
  });

  it('takes a parameter without a value as not sent', () => {
    const form = parseForm('a=&b&c=1&resource=');
    for (const name of ['a', 'b', 'resource'])
      assert.deepEqual([form.has(name), form.get(name), form.getAll(name)], [false, undefined, []], name);
    assert.equal(form.get('c'), '1');
  });

  it('refuses a name that occurs twice, with a value or without', () => {
    for (const text of ['a=1&a=2', 'a=1&a=', 'a&a', 'a=1&%61=2']) {
      assert.throws(() => parseForm(text), { name: 'OAuthError', code: 'invalid_request' }, text);
    }
  });

  it('takes resource and audience as often as they come, and nothing else', () => {
    const form = parseForm('resource=a&audience=x&resource=b&resource=');
    assert.deepEqual([form.getAll('resource'), form.getAll('audience')], [['a', 'b'], ['x']]);
    assert.throws(() => parseForm('resource=a&scope=x&scope=y'), { code: 'invalid_request' });
  });

  it('takes no name for a member of every object', () => {
    assert.equal(parseForm('a=1').get('constructor'), undefined);
    assert.equal(parseForm('__proto__=1').get('__proto__'), '1');
  });
});
