import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { adapterFiles } from '../src/adapter-files.ts';
import type { AdapterPlan } from '../src/adapter-plan.ts';
import { writeAdapter } from '../src/write-adapter.ts';

const packageFolder = path.join(import.meta.dirname, '..');
const root = path.join(packageFolder, '../..');

/** A runner that finds itself under another runs nothing, and is content. */
const {
  env: { NODE_TEST_CONTEXT: _, ...env },
} = process;

const plan: AdapterPlan = {
  tool: 'weather_report',
  action: 'right_now',
  effect: 'read',
  baseUrl: 'https://api.weather.test/v2',
  description: 'Weather at a place.',
  hasCredential: true,
  port: 4_015,
  date: '2031-01-31',
};

const variants: readonly [what: string, plan: AdapterPlan][] = [
  ['that reads with a key', plan],
  ['that reads without a key', { ...plan, hasCredential: false }],
  ['with an effect', { ...plan, tool: 'mail2', action: 'send', effect: 'effect' }],
  ['with what may be repeated, and no key', { ...plan, effect: 'idempotent', hasCredential: false }],
];

/** Every variant lies below this package, whose dependencies it finds. */
describe('a generated adapter', () => {
  let folder: string;
  before(() => {
    mkdirSync(path.join(packageFolder, '.generated'), { recursive: true });
    folder = mkdtempSync(path.join(packageFolder, '.generated/'));
    for (const [index, [, variant]] of variants.entries())
      writeAdapter(path.join(folder, String(index)), adapterFiles(variant));
  });
  after(() => rmSync(path.join(packageFolder, '.generated'), { recursive: true }));

  const run = (command: string, args: readonly string[], cwd: string) => {
    const { status, stdout, stderr } = spawnSync(command, [...args], { cwd, env, encoding: 'utf8' });
    assert.equal(status, 0, `${stdout}\n${stderr}`);
  };
  const bin = (name: string) => path.join(root, 'node_modules/.bin', name);

  it('fits the format and the rules of the code, and its types', () => {
    run(bin('biome'), ['check', '--write', '--vcs-enabled=false', folder], root);
    const base = path.join(root, 'tsconfig.base.json');
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ extends: base, include: ['.'] }));
    run(bin('tsc'), ['-p', folder], root);
  });

  for (const [index, [what]] of variants.entries()) {
    it(`${what} passes its own tests`, () =>
      run(
        process.execPath,
        ['--test', '--test-isolation=none', 'src/**/*.test.ts', 'test/**/*.test.ts'],
        path.join(folder, String(index)),
      ));
  }

  it('says nothing of the template that it was made from', () => {
    for (const [, variant] of variants)
      for (const [file, text] of adapterFiles(variant))
        assert.doesNotMatch(
          `${file}\n${text}`,
          /template.?(tool|action|description)|#(end)?region|4010|2026-11-25/i,
          file,
        );
  });
});
