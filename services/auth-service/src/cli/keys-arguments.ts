import { parseArgs } from 'node:util';
import { thumbprintsLast } from './thumbprints-last.ts';
import { UsageError } from './usage-error.ts';

export const keysUsage = `npm run keys -- list | rotate [--force] | withdraw <kid> | reseal

  list      the signing keys and their states, and under which KEK the secrets in the database are encrypted
  rotate    the next signing key begins to sign, the active one retires, a new next one is made
              --force  even if the next key has not been published for SIGNING_KEY_PUBLISH_SECONDS yet
  withdraw  a retired key is published no more: every token that it has signed is refused
  reseal    encrypts every secret that is under an accepted KEK anew, under the current one

  In a container of auth-service: node services/auth-service/src/cli/keys.ts, with the service's environment.
`;

const commands = ['list', 'rotate', 'withdraw', 'reseal'] as const;
export type KeysCommand = (typeof commands)[number];

export interface KeysArguments {
  readonly command: KeysCommand | 'help';
  readonly isForced: boolean;
  /** The key to withdraw; empty for other commands. */
  readonly kid: string;
}

/** @throws UsageError naming what is wrong */
export function parseKeysArguments(args: readonly string[]): KeysArguments {
  const { values, positionals } = parse(args);
  const isForced = values.force;
  if (values.help) return { command: 'help', isForced, kid: '' };
  const [name, ...operands] = positionals;
  if (name === undefined) throw new UsageError('A command is needed.');
  const command = commands.find((known) => known === name);
  if (command === undefined) throw new UsageError(`There is no command ${name}.`);
  const [kid = '', ...others] = command === 'withdraw' ? operands : ['', ...operands];
  if (command === 'withdraw' && kid === '') throw new UsageError('withdraw needs the id of a key.');
  if (others.length > 0) throw new UsageError(`${others.join(' ')} is too much.`);
  if (isForced && command !== 'rotate') throw new UsageError('--force is for rotate alone.');
  return { command, isForced, kid };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: thumbprintsLast(args),
      allowPositionals: true,
      options: {
        force: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
