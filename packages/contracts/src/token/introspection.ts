import * as z from 'zod';
import { actorSchema, confirmationSchema, roleSchema } from './access-token.ts';

/**
 * `200` of `POST /oauth/introspect` for a token that is alive and that the client may know of (RFC 7662 section 2.2); `cnf`
 * is that of RFC 9449 section 6.2, `act` that of RFC 8693 section 4.1.
 */
const activeTokenSchema = z.object({
  active: z.literal(true),
  token_type: z.enum(['Bearer', 'DPoP']),
  scope: z.string().min(1),
  client_id: z.string().min(1),
  sub: z.string().min(1),
  role: roleSchema,
  iss: z.url(),
  aud: z.url(),
  jti: z.string().min(1),
  iat: z.int(),
  exp: z.int(),
  cnf: confirmationSchema.optional(),
  act: actorSchema.optional(),
});

/** The same for every other token, whatever is the matter with it. */
const inactiveTokenSchema = z.strictObject({ active: z.literal(false) });

/** `200` of `POST /oauth/introspect`. */
export const introspectionResponseSchema = z.discriminatedUnion('active', [
  activeTokenSchema,
  inactiveTokenSchema,
]);
export type IntrospectionResponse = z.infer<typeof introspectionResponseSchema>;
