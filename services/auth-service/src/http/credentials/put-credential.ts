import { credentialFieldsSchema } from '@4runr/contracts/credential';
import { parseBody } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { RequestHandler } from 'express';
import type { CredentialStore } from '../../domain/credential.ts';
import { changeOf, entityTagOf, representCredential, toolOf } from './credential-representation.ts';

/** `PUT /v1/credentials/{tool}`: a new version. What is sent is never shown again. */
export function putCredentialHandler(kit: Kit, credentials: CredentialStore): RequestHandler {
  return async (request, response) => {
    const tool = toolOf(request);
    const fields = parseBody(credentialFieldsSchema, request.body);
    const change = changeOf(request, response);
    const { record, isFirst } = await credentials.put(tool, fields, change);
    const { version } = record;
    kit.logger.info({ tool, version, operator: change.origin.operator }, 'credential stored');
    response
      .status(isFirst ? 201 : 200)
      .set({ ETag: entityTagOf(record), 'Cache-Control': 'no-store' })
      .json(representCredential(record));
  };
}
