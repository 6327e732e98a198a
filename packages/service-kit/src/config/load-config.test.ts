import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as z from 'zod';
import {
  base64Bytes,
  baseSettings,
  ConfigError,
  flag,
  httpsInProduction,
  integer,
  json,
  list,
  loadConfig,
  port,
  publicDefaultsIn,
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
    isDefaultPublic: true,
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

  it('refuses a well known default in production given by hand too, however it is written', () => {
    const zeros = Buffer.alloc(32).toString('base64');
    for (const KEK_BASE64 of [zeros, zeros.replace(/=+$/, '')]) {
      const faults = faultsOf({ NODE_ENV: 'production', PUBLIC_URL: 'https://gw.test', KEK_BASE64 });
      assert.deepEqual(faults, ['KEK_BASE64 is the development default, which protects nothing']);
    }
  });
});

describe('in production alone', () => {
  const read = (values: Readonly<Record<string, string>>) => () =>
    loadConfig(
      {
        ...settings,
        publicUrl: setting('PUBLIC_URL', url('http', 'https'), {
          about: 'URL',
          unfitForProduction: httpsInProduction,
        }),
      },
      { PUBLIC_URL: 'https://gw.test', KEK_BASE64: randomBytes(32).toString('base64'), ...values },
    );
  for (const [what, values, fault] of [
    ['a secret of zeros alone', { KEK_BASE64: 'A'.repeat(43) }, /KEK_BASE64 is/],
    [
      'a secret of one byte over and over',
      { KEK_BASE64: Buffer.alloc(32, 7).toString('base64') },
      /KEK_BASE64 is one byte over and over/,
    ],
    [
      'a URL of clients without TLS',
      { PUBLIC_URL: 'HTTP://gw.test' },
      /PUBLIC_URL must be an https URL in production/,
    ],
  ] as const) {
    it(`${what} is refused`, () => {
      assert.doesNotThrow(read(values));
      assert.throws(read({ ...values, NODE_ENV: 'production' }), fault);
    });
  }
});

describe('secrets that everybody knows', () => {
  it('are told by their variables, be they defaults or given by hand', () => {
    const variablesOf = (KEK_BASE64: string) =>
      publicDefaultsIn(loadConfig(settings, { PUBLIC_URL: 'https://gw.test', KEK_BASE64 }));
    assert.deepEqual(variablesOf(''), ['KEK_BASE64']);
    assert.deepEqual(variablesOf(Buffer.alloc(32).toString('base64')), ['KEK_BASE64']);
    assert.deepEqual(variablesOf(randomBytes(32).toString('base64')), []);
  });
});

describe('the mesh keys of a service', () => {
  const key = { caller: 'a-service', audience: 'b-service', kid: '1', key: 'x'.repeat(43) };
  const read = (keys: object[]) => loadConfig(baseSettings(0), { MESH_KEYS: JSON.stringify(keys) }).meshKeys;

  it('may be several of one pair, told apart by kid', () => {
    assert.equal(read([key, { ...key, kid: '2' }, { ...key, audience: 'c-service' }]).length, 3);
  });

  it('are refused with one kid twice: the second would take the place of the first', () => {
    assert.throws(
      () => read([key, { ...key, key: 'y'.repeat(43) }]),
      /MESH_KEYS has two keys of one pair with the same kid/,
    );
  });
});

describe('a secret in a file', () => {
  const secrets = {
    token: setting('TOKEN', text(), { about: 'secret', secret: true, shortFileEnv: 'T_FILE', default: '' }),
    name: setting('NAME', text(), { about: 'no secret', default: 'default' }),
  };
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'secret-file-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const fileWith = (content: string) => {
    const file = path.join(folder, String(content.length));
    writeFileSync(file, content);
    return file;
  };
  const faultOf = (environment: Record<string, string>) => {
    try {
      return loadConfig(secrets, environment).token;
    } catch (error) {
      return (error as ConfigError).faults.join();
    }
  };

  it('is read from the file that <NAME>_FILE or its short name gives, without the newline at its end', () => {
    for (const [variable, content] of [
      ['TOKEN_FILE', 'hunter2\n'],
      ['T_FILE', ' hunter2\r\n'],
    ] as const) {
      const { token } = loadConfig(secrets, { [variable]: fileWith(content), TOKEN: '' });
      assert.equal(token, content.trimEnd());
    }
  });

  it('is refused when it is given twice: which one counts would be a guess', () => {
    const file = fileWith('hunter2');
    assert.equal(
      faultOf({ TOKEN: 'x', TOKEN_FILE: file }),
      'TOKEN is given more than once: by TOKEN and by TOKEN_FILE',
    );
    assert.equal(
      faultOf({ T_FILE: file, TOKEN_FILE: file }),
      'TOKEN is given more than once: by TOKEN_FILE and by T_FILE',
    );
  });

  it('is refused by the name of its file when that cannot be read or is empty', () => {
    assert.equal(
      faultOf({ TOKEN_FILE: '/nowhere/token' }),
      'TOKEN cannot be read from the file of TOKEN_FILE, /nowhere/token: ENOENT',
    );
    const empty = fileWith('\n');
    assert.equal(faultOf({ TOKEN_FILE: empty }), `TOKEN is empty in the file of TOKEN_FILE, ${empty}`);
  });

  it('is not repeated when it was put where the name of its file belongs', () => {
    assert.equal(
      faultOf({ TOKEN_FILE: 'hunter2' }),
      'TOKEN cannot be read from the file of TOKEN_FILE: ENOENT',
    );
  });

  it('never shows in a fault what the file holds', () => {
    const kek = { kek: setting('KEK', base64Bytes(32), { about: 'key', secret: true }) };
    assert.throws(
      () => loadConfig(kek, { KEK_FILE: fileWith('hunter2') }),
      (error: Error) => !error.message.includes('hunter2'),
    );
  });

  it('counts as set in production', () => {
    const kek = randomBytes(32);
    const file = fileWith(kek.toString('base64'));
    const environment = { NODE_ENV: 'production', PUBLIC_URL: 'https://gw.test', KEK_BASE64_FILE: file };
    assert.deepEqual(loadConfig(settings, environment).kek, kek);
  });

  it('may be what is no secret, where a setting says so', () => {
    const keys = { keys: setting('KEYS', text(), { about: 'public keys', mayBeFile: true }) };
    assert.equal(loadConfig(keys, { KEYS_FILE: fileWith('public\n') }).keys, 'public');
  });

  it('is for nothing else: other settings keep their names to themselves', () => {
    assert.equal(loadConfig(secrets, { NAME_FILE: '/nowhere' }).name, 'default');
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
