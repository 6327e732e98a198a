import type { RequestHandler } from 'express';

/** `GET /.well-known/oauth-protected-resource` (RFC 9728 section 2). */
export function protectedResource({ publicUrl }: { publicUrl: string }): RequestHandler {
  const metadata = {
    resource: publicUrl,
    authorization_servers: [publicUrl],
    bearer_methods_supported: ['header'],
    resource_name: '4RUNR Gateway',
  };
  return (_request, response) => {
    response.set('Cache-Control', 'public, max-age=3600').json(metadata);
  };
}
