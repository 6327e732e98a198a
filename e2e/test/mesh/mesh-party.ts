import { createSecretKey, type KeyObject } from 'node:crypto';
import type { ServiceName } from '@4runr/contracts/mesh';
import { loadRootSecret } from '@4runr/local-stack';
import { deriveMeshKey } from '@4runr/service-kit/mesh';
import { SignJWT } from 'jose';
import { e2e } from './config.ts';
import { stack } from './gateway.ts';

/** The first generation of a stack's keys. */
const kid = 'local-1';

/** The key of a pair, as only whoever installed the mesh can derive it: attacks from inside hold one of these. */
export function meshKey(caller: ServiceName, audience: ServiceName): KeyObject {
  const { key } = deriveMeshKey(loadRootSecret(e2e.folder.secretsFile), { caller, audience, kid });
  return createSecretKey(key, 'base64url');
}

export interface SignedAs {
  readonly typ?: string;
  readonly kid?: string;
}

/** Signs claims as a party that holds the key; made by a library that is not ours. */
export function signAs(
  key: KeyObject,
  claims: object,
  { typ = 'mesh+jwt', ...header }: SignedAs = {},
): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', typ, kid, ...header }).sign(key);
}

/** Claims of a mesh token that is good for a minute. */
export function meshClaims(iss: ServiceName, aud: ServiceName, change: object = {}): object {
  const now = Math.floor(Date.now() / 1_000);
  return { iss, aud, iat: now, exp: now + 60, ...change };
}

/** Base URL of a service inside the mesh, past the edge. */
export function urlInside(service: ServiceName): string {
  const [replica] = stack().services[service] ?? [];
  if (replica === undefined) throw new Error(`${service} is not running`);
  return replica.url;
}
