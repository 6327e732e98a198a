import type { ServiceName } from '@4runr/contracts/mesh';
import { type ServiceDefinition, serviceDefinitions } from './service-definitions.ts';

/** One process of a service, and where it listens. */
export interface Replica {
  readonly definition: ServiceDefinition;
  /** `proxy-service`, then `proxy-service-2`. */
  readonly name: string;
  /** From 1 on, among those of its service. */
  readonly number: number;
  readonly port: number;
  /** Variable to port. */
  readonly extraPorts: Readonly<Record<string, number>>;
  /** Base URL. */
  readonly url: string;
}

/** Number of replicas by service; one where nothing is said. */
export type Scale = Readonly<Record<ServiceName, number>>;

/** The services that {@link Scale} may name. */
export const replicableServices: readonly ServiceName[] = serviceDefinitions
  .filter(({ replicable }) => replicable)
  .map(({ name }) => name);

/** Gives every replica its ports, in the order of the table, so that the same machine gives the same ports again. */
export async function placeServices(options: {
  scale: Scale;
  upstreamMode: 'mock' | 'live';
  choosePort: (preferred: number) => Promise<number>;
}): Promise<Replica[]> {
  const { scale, upstreamMode, choosePort } = options;
  const replicas: Replica[] = [];
  for (const definition of serviceDefinitions) {
    if (definition.mockOnly && upstreamMode !== 'mock') continue;
    for (let number = 1; number <= (scale[definition.name] ?? 1); number += 1) {
      const port = await choosePort(definition.port);
      const extraPorts: Record<string, number> = {};
      for (const [variable, preferred] of Object.entries(definition.extraPorts ?? {}))
        extraPorts[variable] = await choosePort(preferred);
      const name = number === 1 ? definition.name : `${definition.name}-${number}`;
      replicas.push({ definition, name, number, port, extraPorts, url: `http://127.0.0.1:${port}` });
    }
  }
  return replicas;
}
