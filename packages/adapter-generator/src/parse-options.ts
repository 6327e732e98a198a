import { parseArgs } from 'node:util';
import type { Effect } from '@4runr/contracts/manifest';
import { type AdapterPlan, PlanError } from './adapter-plan.ts';

export const usage = `npm run new-adapter -- <tool> <action> --base-url <URL> [options]

  Makes services/tool-adapters/<tool>: an adapter that works, with tests, settings and a provider to play, for you to change.

  <tool>, <action>      small words, such as weather and now; agents need the scope weather:now
  --base-url URL        where the provider's API begins, such as https://api.weather.example/v2
  --description TEXT    what agents read about the tool
  --effect E            what the action does to the world: read (default), idempotent, or effect: sent at most once
  --no-credential       the provider asks for no key
  --help                show this

  docs/add-a-tool.md leads through the rest.
`;

/** @returns `undefined` when only the usage was asked for. @throws PlanError */
export function parseOptions(args: readonly string[]): Omit<AdapterPlan, 'port' | 'date'> | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [tool, action, ...rest] = positionals;
  if (tool === undefined || action === undefined || rest.length > 0)
    throw new PlanError('name a tool and an action');
  if (values['base-url'] === undefined) throw new PlanError('--base-url is missing');
  return {
    tool,
    action,
    effect: values.effect as Effect,
    baseUrl: values['base-url'].replace(/\/$/, ''),
    description: values.description ?? `The tool ${tool}.`,
    hasCredential: !values['no-credential'],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'base-url': { type: 'string' },
        description: { type: 'string' },
        effect: { type: 'string', default: 'read' },
        'no-credential': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new PlanError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
