import { parseArgs } from 'node:util';
import type { ForeignOperator } from '../mesh/join-mesh.ts';
import { type Scenario, scenarios } from '../scenarios/index.ts';
import { UsageError } from './usage.ts';

export interface ScenarioOptions {
  readonly scenario: Scenario;
  readonly timeScale: number;
  readonly seed: number;
  readonly scale: Readonly<Record<string, number>>;
  readonly url: string | undefined;
  readonly operator: ForeignOperator | undefined;
  readonly folder: string | undefined;
}

/** @throws UsageError */
export function parseScenarioOptions(name: string, args: readonly string[]): ScenarioOptions {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new UsageError(`there is no scenario ${name}`);
  const values = parse(args);
  const timeScale = Number(values['time-scale']);
  const seed = Number(values.seed);
  if (!(timeScale > 0 && timeScale <= 100)) throw new UsageError('--time-scale is a number above 0');
  if (!Number.isInteger(seed)) throw new UsageError('--seed is an integer');
  return {
    scenario,
    timeScale,
    seed,
    scale: Object.fromEntries(values.scale.map(parseScale)),
    url: values.url,
    operator: parseOperator(values),
    folder: values.folder,
  };
}

function parse(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      args: [...args],
      options: {
        'time-scale': { ...text, default: '1' },
        seed: { ...text, default: '1' },
        scale: { ...text, multiple: true, default: [] },
        url: text,
        operator: text,
        'operator-key': text,
        ca: text,
        issuer: text,
        folder: text,
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function parseScale(text: string): [service: string, replicas: number] {
  const [, name, number] = /^([^=]+)=(\d+)$/.exec(text) ?? [];
  if (name === undefined) throw new UsageError(`--scale ${text} is not of the form name=n`);
  return [name, Number(number)];
}

function parseOperator(values: ReturnType<typeof parse>): ForeignOperator | undefined {
  const { operator: clientId, 'operator-key': keyFile, ca: caFile, issuer } = values;
  const given = [clientId, keyFile, caFile].filter((value) => value !== undefined);
  if (given.length === 0) return undefined;
  if (clientId === undefined || keyFile === undefined || caFile === undefined)
    throw new UsageError('--operator, --operator-key and --ca belong together');
  return { clientId, keyFile, caFile, ...(issuer === undefined ? {} : { issuer }) };
}
