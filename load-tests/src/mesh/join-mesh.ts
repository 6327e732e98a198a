import { createEdgeClient, readStackFile, type StackFile, stackFolder } from '@4runr/local-stack';
import { root } from '../places.ts';
import type { MeshUnderLoad } from './mesh-under-load.ts';
import { absolute, operatorOf } from './start-mesh.ts';

/** How an operator is known to a mesh that this clone does not run. */
export interface ForeignOperator {
  readonly clientId: string;
  readonly keyFile: string;
  /** Issuer of access tokens. Default: the URL. */
  readonly issuer?: string;
  /** PEM file of the edge's authority. */
  readonly caFile: string;
}

/**
 * The mesh at a URL. Where that is this clone's `npm start`, its operator is known and everything is seen; of any other one
 * its operator must be given, and only its edge is seen.
 */
export function joinMesh(url: string, foreign: ForeignOperator | undefined): MeshUnderLoad {
  const readOwn = () => readStackFile(stackFolder(root).stackFile);
  const own = readOwn();
  const base = url.replace(/\/$/, '');
  if (own !== undefined && [own.edge.http, own.edge.https].includes(base)) return joinStack(base, readOwn);
  if (foreign === undefined)
    throw new Error(`${base} is not this clone's stack: give --operator, --operator-key and --ca as well`);
  const { clientId, keyFile, caFile, issuer } = foreign;
  const edge = createEdgeClient({ url: base, caFile, ...(issuer === undefined ? {} : { issuer }) });
  const operator = { clientId, keyFile };
  return {
    edgeUrl: base,
    caFile,
    edge,
    operator,
    describe: () => undefined,
    settings: {},
    root,
    stop: () => edge.close(),
  };
}

/** A stack of this machine that somebody else starts and stops. `read` finds it as it is now. */
export function joinStack(edgeUrl: string, read: () => StackFile | undefined): MeshUnderLoad {
  const now = read();
  if (now === undefined) throw new Error('the stack is not running');
  const caFile = absolute(now.edge.ca);
  const edge = createEdgeClient({ url: now.edge.https, caFile });
  return {
    edgeUrl,
    caFile,
    edge,
    operator: operatorOf(now),
    describe: read,
    settings: {},
    root,
    stop: () => edge.close(),
  };
}
