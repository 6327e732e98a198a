import { parseArgs } from 'node:util';
import { replicableServices, type Scale } from '../services/place-services.ts';
import { adapterDeclarations } from '../services/read-adapter-declarations.ts';
import { UsageError } from './usage-error.ts';

export interface StartOptions {
  readonly detach: boolean;
  readonly fresh: boolean;
  readonly rotateMeshKeys: boolean;
  readonly help: boolean;
  readonly scale: Scale;
}

const replicasMax = 16;

export const startUsage = `npm start -- [options]

  Starts the whole gateway on this machine and stays until Ctrl-C.

  --detach          come back when it serves; npm stop ends it
  --fresh           forget the data of earlier runs
  --rotate-mesh-keys
                    new keys between the services; those before are accepted until the next rotation
  --scale name=n    run n replicas of a service; may be given for several services:
                    ${replicableServices.join(', ')}
  --help            show this

  From the environment: UPSTREAM_MODE=mock (default: providers are simulated) or live, LOG_LEVEL, FF_*, OTEL_*,
  SIGNING_KEY_*, and the adapters' own: ${adapterDeclarations.map(({ settings }) => `${settings}*`).join(', ')}.
`;

/** @throws UsageError naming what is wrong */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const { values } = parse(args);
  return {
    detach: values.detach,
    fresh: values.fresh,
    rotateMeshKeys: values['rotate-mesh-keys'],
    help: values.help,
    scale: Object.fromEntries(values.scale.map(parseScale)),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        detach: { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        'rotate-mesh-keys': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        scale: { type: 'string', multiple: true, default: [] },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, startUsage);
  }
}

function parseScale(text: string): [service: string, replicas: number] {
  const [, name, number] = /^([^=]+)=(\d+)$/.exec(text) ?? [];
  if (name === undefined) throw new UsageError(`--scale ${text} is not of the form name=n`, startUsage);
  if (!replicableServices.includes(name))
    throw new UsageError(`--scale ${text}: there is no service ${name} that can be replicated`, startUsage);
  const replicas = Number(number);
  if (replicas < 1 || replicas > replicasMax)
    throw new UsageError(`--scale ${text}: between 1 and ${replicasMax} replicas are possible`, startUsage);
  return [name, replicas];
}
