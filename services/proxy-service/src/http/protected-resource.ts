import { dpopAlgorithms } from '@4runr/contracts/token';
import type { RequestHandler } from 'express';

/** `GET /.well-known/oauth-protected-resource` (RFC 9728 section 2). Whether a token is bound to a key is its client's choice. */
export function protectedResource({ publicUrl }: { publicUrl: string }): RequestHandler {
  const metadata = {
    resource: publicUrl,
    authorization_servers: [publicUrl],
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: dpopAlgorithms,
    dpop_bound_access_tokens_required: false,
    resource_name: '4RUNR Gateway',
  };
  return (_request, response) => {
    response.set('Cache-Control', 'public, max-age=3600').json(metadata);
  };
}
