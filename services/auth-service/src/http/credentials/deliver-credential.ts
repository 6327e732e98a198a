import { type CredentialDelivery, credentialPurpose } from '@4runr/contracts/credential';
import { adapterServiceName, type ServiceName } from '@4runr/contracts/mesh';
import { hasState } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { meshCallerOf, sealForPair } from '@4runr/service-kit/mesh';
import type { Request, RequestHandler } from 'express';
import type { CredentialStore } from '../../domain/credential.ts';
import { entityTagOf, noCredential, toolOf } from './credential-representation.ts';

/** Whom the credential of the path's tool is for: its adapter, and nobody else. */
export function adapterOfTool(request: Request): readonly ServiceName[] {
  return [adapterServiceName(String(request.params.tool))];
}

/**
 * `GET /internal/credentials/{tool}`: the credential as a JWE that only the adapter can open; answers 304 to an
 * `If-None-Match` that still holds, without opening anything.
 */
export function deliverCredentialHandler(kit: Kit, credentials: CredentialStore): RequestHandler {
  return async (request, response) => {
    const tool = toolOf(request);
    const found = await credentials.find(tool);
    if (found === undefined) throw noCredential();
    const { version } = found.record;
    const entityTag = entityTagOf(found.record);
    response.set({ ETag: entityTag, 'Cache-Control': 'no-store' });
    if (hasState(request, entityTag)) return void response.status(304).end();
    const { service: caller, kid } = meshCallerOf(response);
    const jwe = await sealForPair(
      kit.keyring,
      { caller, audience: kit.keyring.self, kid },
      { plaintext: JSON.stringify(await found.open()), purpose: credentialPurpose(tool, version) },
    );
    kit.logger.info({ tool, version, adapter: caller }, 'credential handed to its adapter');
    const body: CredentialDelivery = { tool, version, jwe };
    response.json(body);
  };
}
