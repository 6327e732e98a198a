import { readFile } from 'node:fs/promises';
import {
  type AccessTokenAuthority,
  createAccessTokenAuthority,
  createJwksSource,
  requireOperator,
} from '@4runr/service-kit/access-token';
import { createConfiguredDpopVerifier } from '@4runr/service-kit/dpop';
import type { Route } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { createRedis } from '@4runr/service-kit/redis';
import { createRevocationFeed } from '@4runr/service-kit/revocation';
import { canFault, type SimulatorConfig } from './config.ts';
import { createFaultTable, type FaultTable } from './domain/fault/fault-table.ts';
import { parseFaults } from './domain/fault/parse-faults.ts';
import type { SimulatedTool } from './domain/fault/simulated-tool.ts';
import { createFaultLayer } from './faults/fault-layer.ts';
import { createFaultRoutes } from './http/fault-routes.ts';
import type { FaultLayer } from './http/provider-router.ts';

/** What hits requests to the providers, and how operators say what does. */
export interface FaultParts {
  readonly faultLayer: FaultLayer;
  /** None where there can be no faults. */
  readonly faultRoutes: readonly Route[];
}

/**
 * @param tools the tools whose providers are played
 * @throws Error when there is a file of faults, and it cannot be read or used
 */
export async function composeFaults(
  kit: Kit<SimulatorConfig>,
  tools: readonly SimulatedTool[],
): Promise<FaultParts> {
  const faults = await loadFaultTable(kit.config, tools);
  return {
    faultLayer: createFaultLayer(faults),
    faultRoutes: canFault(kit.config) ? describeFaultRoutes(kit, faults) : [],
  };
}

async function loadFaultTable(
  { faultsFile, faultSeed }: SimulatorConfig,
  tools: readonly SimulatedTool[],
): Promise<FaultTable> {
  const faults = faultsFile === '' ? {} : parseFaults(await readFile(faultsFile, 'utf8'), tools);
  return createFaultTable(faultSeed, tools, faults);
}

function describeFaultRoutes(kit: Kit<SimulatorConfig>, faults: FaultTable): readonly Route[] {
  const { config, logger, reportSecurityEvent } = kit;
  const authority = createAuthority(kit);
  const operator = requireOperator({ authority, scope: 'faults:write', reportSecurityEvent });
  return createFaultRoutes({ faults, operator, bodyBytesMax: config.bodyBytesMax, logger });
}

/** Operators' tokens are believed by the same rules as everywhere. */
function createAuthority(kit: Kit<SimulatorConfig>): AccessTokenAuthority {
  const { config, logger } = kit;
  const keys = createJwksSource({
    url: `${config.authServiceUrl}/.well-known/jwks.json`,
    logger,
  });
  kit.onClose('access token keys', keys.close);
  return createAccessTokenAuthority(kit, {
    issuer: config.publicUrl,
    keys,
    revocations: createRevocationFeed(kit, { redisUrl: config.redisUrl }),
    dpop: createConfiguredDpopVerifier(config, createRedis(kit, { url: config.redisUrl })),
  });
}
