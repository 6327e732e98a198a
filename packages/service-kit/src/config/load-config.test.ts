import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod';
import {
  base64Bytes,
  ConfigError,
  flag,
  integer,
  json,
  list,
  loadConfig,
  port,
  setting,
  text,
  url,
} from './index.ts';

const settings = {
  port: setting('PORT', port(), { default: '4001', about: 'port' }),
  retry: setting('FF_RETRY', flag(), { default: 'on', about: 'flag' }),
  publicUrl: setting('PUBLIC_URL', url('https'), { about: 'URL' }),
  kek: setting('KEK_BASE64', base64Bytes(32), {
    default: Buffer.alloc(32).toString('base64'),
    about: 'key',
    secret: true,
    requiredInProduction: true,
  }),
};

const faultsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    loadConfig(settings, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

describe('loadConfig', () => {
  it('reads what is set and takes defaults for what is unset or empty', () => {
    const config = loadConfig(settings, { PUBLIC_URL: 'https://gw.test/', PORT: '' });
    assert.deepEqual(
      { ...config, kek: config.kek.length },
      { port: 4001, retry: true, publicUrl: 'https://gw.test', kek: 32 },
    );
  });

  it('freezes the settings', () => {
    assert.ok(Object.isFrozen(loadConfig(settings, { PUBLIC_URL: 'https://gw.test' })));
  });

  it('reports every fault at once', () => {
    const faults = faultsOf({ PORT: '99999', FF_RETRY: 'yes', KEK_BASE64: 'AA' });
    assert.deepEqual(
      faults.map((fault) => fault.split(' ')[0]),
      ['PORT', 'FF_RETRY', 'PUBLIC_URL', 'KEK_BASE64'],
    );
  });

  it('never repeats a value: it may be a secret', () => {
    assert.ok(!faultsOf({ PUBLIC_URL: 'hunter2', KEK_BASE64: 'hunter2' }).join().includes('hunter2'));
  });

  it('repeats no part of a secret that has a structure, and says where it is wrong', () => {
    const keys = setting('KEYS', json(z.array(z.strictObject({ key: z.string().length(43) }))), {
      about: 'keys',
      secret: true,
    });
    const read = (KEYS: string) => () => loadConfig({ keys }, { KEYS });
    assert.throws(read('[{"key":"hunter2"}]'), /KEYS .* at 0\.\*$/m);
    for (const value of ['hunter2', '[{"key":"hunter2"}]', '[{"hunter2":1}]', '{"hunter2":1}']) {
      assert.throws(read(value), (error: Error) => !error.message.includes('hunter2'));
    }
  });

  it('refuses a development default in production', () => {
    const faults = faultsOf({ NODE_ENV: 'production', PUBLIC_URL: 'https://gw.test' });
    assert.match(faults.join(), /^KEK_BASE64 must be set in production/);
  });
});

const readings: [guarantee: string, reader: z.ZodType<unknown, string>, source: string, value: unknown][] = [
  ['a list is trimmed and has no empty values', list(), ' a, ,b ', ['a', 'b']],
  ['JSON is read by its schema', json(z.array(z.int())), '[1,2]', [1, 2]],
  ['a number may be negative', integer(-5, 5), '-5', -5],
  ['text is kept as it is', text(), ' x ', ' x '],
];
const refusals: [guarantee: string, reader: z.ZodType<unknown, string>, source: string][] = [
  ['broken JSON is refused', json(z.array(z.int())), '['],
  ['JSON of another shape is refused', json(z.array(z.int())), '{}'],
  ['a fraction is no whole number', integer(0, 5), '1.5'],
  ['an exponent is no whole number', integer(0, 5_000), '1e3'],
  ['a number out of range is refused', integer(0, 5), '6'],
  ['base64 with other letters is refused', base64Bytes(1), 'A!A='],
  ['base64 of another length is refused', base64Bytes(1), 'AAAA'],
  ['a URL with a blank is refused', url('https'), ' https://gw.test'],
  ['another scheme is refused', url('https'), 'http://gw.test'],
];

describe('readers', () => {
  for (const [guarantee, reader, source, value] of readings)
    it(guarantee, () => assert.deepEqual(reader.parse(source), value));
  for (const [guarantee, reader, source] of refusals)
    it(guarantee, () => assert.equal(reader.safeParse(source).success, false));
});
