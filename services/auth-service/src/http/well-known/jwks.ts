import type { RequestHandler } from 'express';
import type { KeyRing } from '../../store/key-ring.ts';

/** `GET /.well-known/jwks.json`, answered from memory. */
export function jwksHandler(keyRing: KeyRing, maxAgeSeconds: number): RequestHandler {
  return (_request, response) => {
    response.set('Cache-Control', `public, max-age=${maxAgeSeconds}`).json(keyRing.publicKeys());
  };
}
