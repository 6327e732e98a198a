import { adapterServiceName } from '@4runr/contracts/mesh';
import type { BaseConfig, Environment } from '@4runr/service-kit/config';
import {
  type RunningService,
  runService,
  type ServiceDefinition,
  startService,
} from '@4runr/service-kit/lifecycle';
import type { AdapterDefinition } from './adapter.ts';
import { composeAdapter } from './compose-adapter.ts';

/** Runs an adapter as this process until SIGTERM or SIGINT. */
export function runAdapter<C extends BaseConfig, A extends string>(
  adapter: AdapterDefinition<C, A>,
): Promise<void> {
  return runService(toService(adapter));
}

/** Starts an adapter in this process, with settings of its own: what tests do. */
export function startAdapter<C extends BaseConfig, A extends string>(
  adapter: AdapterDefinition<C, A>,
  environment: Environment,
): Promise<RunningService> {
  return startService(toService(adapter, environment));
}

function toService<C extends BaseConfig, A extends string>(
  adapter: AdapterDefinition<C, A>,
  environment?: Environment,
): ServiceDefinition<C> {
  return {
    name: adapterServiceName(adapter.manifest.tool),
    config: () => adapter.readConfig(environment),
    compose: (kit) => composeAdapter(adapter, kit),
  };
}
