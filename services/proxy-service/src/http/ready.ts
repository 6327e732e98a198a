import type { RequestHandler } from 'express';
import type { MeshReadiness } from '../mesh/mesh-readiness.ts';

/** `GET /ready`: 200 when the mesh can serve, else 503 with the names of the parts that are not ready. */
export function ready({ meshReadiness }: { meshReadiness: MeshReadiness }): RequestHandler {
  return async (_request, response) => {
    const failing = await meshReadiness();
    response
      .status(failing.length === 0 ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: failing.length === 0 ? 'ready' : 'not ready', failing });
  };
}
