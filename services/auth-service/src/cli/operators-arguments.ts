import { parseArgs } from 'node:util';
import { createAgentSchema } from '@4runr/contracts/agent';
import { type OperatorScope, operatorScopeSchema, operatorScopes } from '@4runr/contracts/token';
import { thumbprintsLast } from './thumbprints-last.ts';
import { UsageError } from './usage-error.ts';

export const operatorsUsage = `npm run operators -- list
npm run operators -- enrol --name <name> --jwks <file> [--scopes <scope,…>]
npm run operators -- add-key <operator> --jwks <file>
npm run operators -- remove-key <operator> <key>
npm run operators -- suspend | resume | revoke-tokens | delete <operator> [--force]

  list           the operators, what they may do and their keys
  enrol          a new operator, with the public keys in the file: a JWK Set, or one JWK
                   --scopes  what its tokens may carry at most; without it everything that operators can do:
                             ${operatorScopes.join(', ')}
  add-key        one key more; old and new work side by side
  remove-key     the key proves nothing any more; tokens that it brought stay: revoke-tokens
  suspend        its tokens end, and it gets no new ones until it is resumed
  resume         it gets tokens again; those from before stay dead
  revoke-tokens  ends every token that it has got so far
  delete         its tokens end, and nobody gets its id again
                   --force  suspends or deletes the last active operator too

  <operator> is an id (opr_…) or a client id; <key> a kid or a thumbprint (RFC 7638).
  In a container of auth-service: node services/auth-service/src/cli/operators.ts, with the service's environment.
`;

export type OperatorsArguments =
  | { readonly command: 'help' }
  | { readonly command: 'list' }
  | {
      readonly command: 'enrol';
      readonly name: string;
      readonly jwksFile: string;
      /** `undefined` for all. */
      readonly scopes: readonly OperatorScope[] | undefined;
    }
  | { readonly command: 'add-key'; readonly operator: string; readonly jwksFile: string }
  | { readonly command: 'remove-key'; readonly operator: string; readonly key: string }
  | { readonly command: 'resume' | 'revoke-tokens'; readonly operator: string }
  | { readonly command: 'suspend' | 'delete'; readonly operator: string; readonly isForced: boolean };

type Given = ReturnType<typeof parse>;
type Option = Exclude<keyof Given['values'], 'help'>;

/** What each command takes: names of what is given by place, and options. */
const forms: Readonly<
  Record<
    Exclude<OperatorsArguments['command'], 'help'>,
    { places: readonly string[]; options: readonly Option[] }
  >
> = {
  list: { places: [], options: [] },
  enrol: { places: [], options: ['name', 'jwks', 'scopes'] },
  'add-key': { places: ['operator'], options: ['jwks'] },
  'remove-key': { places: ['operator', 'key'], options: [] },
  suspend: { places: ['operator'], options: ['force'] },
  resume: { places: ['operator'], options: [] },
  'revoke-tokens': { places: ['operator'], options: [] },
  delete: { places: ['operator'], options: ['force'] },
};

/** @throws UsageError naming what is wrong */
export function parseOperatorsArguments(args: readonly string[]): OperatorsArguments {
  const { values, positionals } = parse(args);
  if (values.help === true) return { command: 'help' };
  const [name, ...places] = positionals;
  const command = parseCommand(name);
  assertForm(command, { values, places });
  const [operator = '', key = ''] = places;
  const isForced = values.force === true;
  switch (command) {
    case 'list':
      return { command };
    case 'enrol':
      return {
        command,
        name: parseName(need(values.name, '--name')),
        jwksFile: need(values.jwks, '--jwks'),
        scopes: values.scopes === undefined ? undefined : parseScopes(values.scopes),
      };
    case 'add-key':
      return { command, operator, jwksFile: need(values.jwks, '--jwks') };
    case 'remove-key':
      return { command, operator, key };
    case 'suspend':
    case 'delete':
      return { command, operator, isForced };
    case 'resume':
    case 'revoke-tokens':
      return { command, operator };
  }
}

function parseCommand(name: string | undefined): keyof typeof forms {
  if (name === undefined) throw new UsageError('A command is needed.');
  if (!Object.hasOwn(forms, name)) throw new UsageError(`There is no command ${name}.`);
  return name as keyof typeof forms;
}

function assertForm(
  command: keyof typeof forms,
  { values, places }: { values: Given['values']; places: readonly string[] },
): void {
  const form = forms[command];
  const missing = form.places[places.length];
  if (missing !== undefined) throw new UsageError(`${command} needs <${missing}>.`);
  const surplus = places.slice(form.places.length);
  if (surplus.length > 0) throw new UsageError(`${surplus.join(' ')} is too much.`);
  const foreign = Object.keys(values).find((option) => !form.options.includes(option as Option));
  if (foreign !== undefined) throw new UsageError(`--${foreign} does not go with ${command}.`);
}

function need(value: string | undefined, option: string): string {
  if (value === undefined || value === '') throw new UsageError(`${option} is needed.`);
  return value;
}

/** As names of agents are. */
function parseName(text: string): string {
  const name = createAgentSchema.shape.name.safeParse(text);
  if (name.success) return name.data;
  throw new UsageError(`--name: ${name.error.issues[0]?.message ?? 'is none'}.`);
}

function parseScopes(text: string): readonly OperatorScope[] {
  const names = new Set(text.split(/[\s,]+/).filter((name) => name !== ''));
  if (names.size === 0) throw new UsageError('--scopes names none.');
  return [...names].map((name) => {
    const scope = operatorScopeSchema.safeParse(name);
    if (scope.success) return scope.data;
    throw new UsageError(`There is no scope ${name} of operators: ${operatorScopes.join(', ')}.`);
  });
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: thumbprintsLast(args),
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        jwks: { type: 'string' },
        scopes: { type: 'string' },
        force: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
