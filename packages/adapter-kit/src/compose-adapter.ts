import type { ActionCost } from '@4runr/contracts/cost';
import { type ActionManifest, type Manifest, manifestSchema } from '@4runr/contracts/manifest';
import type { BaseConfig } from '@4runr/service-kit/config';
import { createServiceApp } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { durationBucketsMs } from '@4runr/service-kit/telemetry';
import type { Express } from 'express';
import { compileActions } from './action/compile-actions.ts';
import type { AdapterDefinition, AdapterParts } from './adapter.ts';
import { createCredentialSource } from './credential/credential-source.ts';
import { createRoutes } from './http/routes.ts';
import { startInference } from './provider/inference-span.ts';
import { createProviderClient } from './provider/provider-client.ts';

/**
 * Builds the whole service of an adapter, with the credential that the vault has, if the vault is there.
 *
 * @throws Error when its manifest is not valid
 */
export async function composeAdapter<C extends BaseConfig, A extends string>(
  adapter: AdapterDefinition<C, A>,
  kit: Kit<C>,
): Promise<Express> {
  const manifest = manifestSchema.parse(withCosts(adapter, kit.config));
  const firstLooks: Promise<void>[] = [];
  const handlers = adapter.compose(createParts(kit, manifest.tool, firstLooks));
  await Promise.all(firstLooks);
  const actions = compileActions(manifest, handlers);
  return createServiceApp(kit, { routes: createRoutes({ kit, manifest, actions }), checks: [] });
}

function withCosts<C extends BaseConfig, A extends string>(
  { manifest, costs }: AdapterDefinition<C, A>,
  config: C,
): Manifest {
  const byAction: Readonly<Record<string, ActionCost | undefined>> = costs?.(config) ?? {};
  const actions = Object.entries<ActionManifest>(manifest.actions).map(([name, action]) => {
    const cost = byAction[name];
    return [name, cost === undefined ? action : { ...action, cost }];
  });
  return { ...manifest, actions: Object.fromEntries(actions) };
}

/** @param firstLooks what must be done before the adapter serves is added to them */
function createParts<C extends BaseConfig>(
  kit: Kit<C>,
  tool: string,
  firstLooks: Promise<void>[],
): AdapterParts<C> {
  const upstreamMs = kit.metrics.tracedHistogram({
    name: 'gateway_upstream_duration_ms',
    help: 'Time from a request to the provider until its whole answer, in milliseconds',
    labelNames: ['tool', 'action'],
    buckets: durationBucketsMs,
  });
  return {
    config: kit.config,
    logger: kit.logger,
    onClose: (name, close) => kit.onClose(name, close),
    createCredentialSource: (options) => {
      const { source, firstLook } = createCredentialSource(kit, tool, options);
      firstLooks.push(firstLook);
      return source;
    },
    startInference: startInference(kit.tracing.tracer),
    createProviderClient: (options = {}) => createProviderClient({ kit, tool, upstreamMs }, options),
  };
}
