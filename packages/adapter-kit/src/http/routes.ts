import type { Manifest } from '@4runr/contracts/manifest';
import type { ServiceName } from '@4runr/contracts/mesh';
import { jsonBody, type Route } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { requireMeshToken } from '@4runr/service-kit/mesh';
import type { CompiledAction } from '../action/compile-actions.ts';
import { carryOutAction } from './carry-out-action.ts';
import { notDispatched } from './not-dispatched.ts';

/** The only service that may speak to an adapter. */
const callers: readonly ServiceName[] = ['proxy-service'];

/** The body holds the parameters of a call, which the proxy takes up to 100 levels deep, one level down. */
const nestingMax = 110;

/** The table of an adapter's routes. */
export function createRoutes(parts: {
  kit: Kit;
  manifest: Manifest;
  actions: ReadonlyMap<string, CompiledAction>;
}): readonly Route[] {
  const { kit, manifest, actions } = parts;
  const fromProxy = requireMeshToken({
    keyring: kit.keyring,
    callers,
    reportSecurityEvent: kit.reportSecurityEvent,
  });
  return [
    {
      method: 'get',
      path: '/manifest',
      handlers: [fromProxy, (_request, response) => void response.json(manifest)],
    },
    {
      method: 'post',
      path: '/actions/:action',
      handlers: [
        fromProxy,
        jsonBody(kit.config.bodyBytesMax, { nestingMax }),
        carryOutAction({ kit, actions }),
      ],
      onFailure: notDispatched,
    },
  ];
}
