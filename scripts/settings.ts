/**
 * Writes what the services' schemas of settings say into the documentation: the table between the `settings` markers of
 * each service's README, and `config/.env.example`. With `--check` it writes nothing and fails where a file would change.
 */
import { globSync } from 'node:fs';
import path from 'node:path';
import type { Settings } from '@4runr/service-kit/config';
import { readOrEmpty, writeOrCheck } from './checks/generated-files.ts';

interface Service {
  readonly directory: string;
  readonly settings: Settings;
}

const root = path.dirname(import.meta.dirname);
const marker = /(<!-- settings -->\n)[\s\S]*?(<!-- \/settings -->)/;

const services = await loadServices();
const files = new Map(services.map(({ directory, settings }) => readmeOf(directory, settings)));
files.set('config/.env.example', toEnvExample(services));

writeOrCheck(files, 'settings');

async function loadServices(): Promise<Service[]> {
  const configs = globSync(['services/*/src/config.ts', 'services/tool-adapters/*/src/config.ts'], {
    cwd: root,
  }).sort();
  return Promise.all(
    configs.map(async (file) => {
      const { settings } = (await import(path.join(root, file))) as { settings: Settings };
      return { directory: path.dirname(path.dirname(file)), settings };
    }),
  );
}

function readmeOf(directory: string, settings: Settings): [file: string, content: string] {
  const file = path.join(directory, 'README.md');
  const readme = readOrEmpty(file);
  if (!marker.test(readme)) throw new Error(`${file} has no <!-- settings --> markers`);
  return [file, readme.replace(marker, (_all, open, close) => `${open}${toTable(settings)}${close}`)];
}

function toTable(settings: Settings): string {
  const rows = Object.values(settings).map(({ env, about, default: standard, secret }) => {
    const shown = standard === undefined ? 'required' : standard === '' ? 'empty' : `\`${standard}\``;
    return `| \`${env}\` | ${shown.replaceAll('|', '\\|')} | ${about.replaceAll('|', '\\|')}${secret === true ? ' (secret)' : ''} |`;
  });
  const table = ['| variable | default | meaning |', '|---|---|---|', ...rows];
  return ['', ...table, '', secretsByFile(settings), '', ''].join('\n');
}

/** Said once below each table: every service has secrets. */
function secretsByFile(settings: Settings): string {
  const short = Object.values(settings).flatMap(({ env, shortFileEnv }) =>
    shortFileEnv === undefined ? [] : [`for \`${env}\` also \`${shortFileEnv}\``],
  );
  const others = Object.values(settings).flatMap(({ env, mayBeFile }) =>
    mayBeFile === true ? [`\`${env}\``] : [],
  );
  const alike = others.length === 0 ? '' : ` So can ${others.join(' and ')}.`;
  return `A secret can be given as a file instead: \`<NAME>_FILE\` names it${short.length === 0 ? '' : ` (${short.join(', ')})`}.${alike}`;
}

function toEnvExample(all: readonly Service[]): string {
  const head = [
    '# Every setting of every service, generated from their schemas by `npm run settings`.',
    '# A line that is commented out shows its default; the others are required. A secret can be given as a file instead,',
    '# which the variable <NAME>_FILE names.',
  ];
  return `${[...head, ...all.flatMap(toEnvSection)].join('\n')}\n`;
}

function toEnvSection({ directory, settings }: Service): string[] {
  const lines = Object.values(settings).flatMap(({ env, about, default: standard }) => [
    `# ${about}`,
    standard === undefined ? `${env}=` : `# ${env}=${standard}`,
  ]);
  return ['', `# --- ${path.basename(directory)} ---`, ...lines];
}
