import type { Credential } from '@4runr/contracts/credential';
import { toolNameSchema } from '@4runr/contracts/manifest';
import { ProblemError } from '@4runr/service-kit/errors';
import { assertPreconditions } from '@4runr/service-kit/http';
import type { Request, Response } from 'express';
import type { CredentialChange, CredentialRecord } from '../../domain/credential.ts';
import { changeOriginOf } from '../change-origin.ts';

/** A credential as operators see it. */
export function representCredential(record: CredentialRecord): Credential {
  const { tool, version, fields, createdAt, updatedAt, updatedBy } = record;
  return {
    tool,
    version,
    fields: [...fields],
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    updatedBy,
  };
}

/** The entity tag of a credential's state (RFC 9110 section 8.8.3). */
export function entityTagOf({ version }: CredentialRecord): string {
  return `"${version}"`;
}

/** The tool that the path names. @throws ProblemError `tool.unknown` when no tool can have that name */
export function toolOf(request: Request): string {
  const tool = toolNameSchema.safeParse(request.params.tool);
  if (!tool.success) throw new ProblemError('tool.unknown');
  return tool.data;
}

export function noCredential(): ProblemError {
  return new ProblemError('tool.unknown', { detail: 'No credential is stored for a tool of this name.' });
}

/** A change by the operator of an exchange, under the preconditions that its request names. */
export function changeOf(request: Request, response: Response): CredentialChange {
  return {
    origin: changeOriginOf(response),
    assertChangeable: (current) =>
      assertPreconditions(request, current === undefined ? undefined : entityTagOf(current)),
  };
}
