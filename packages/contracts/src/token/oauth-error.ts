import * as z from 'zod';

/**
 * What an OAuth endpoint can refuse with: RFC 6749 section 5.2, and `invalid_target` of RFC 8707 section 2. The last
 * two, of RFC 6749 section 4.1.2.1, stand for the failures whose fault is ours: an unforeseen one and a part that is down.
 */
export const oauthErrorCodes = [
  'invalid_request',
  'invalid_client',
  'invalid_scope',
  'invalid_target',
  'unauthorized_client',
  'unsupported_grant_type',
  'server_error',
  'temporarily_unavailable',
] as const;
export type OAuthErrorCode = (typeof oauthErrorCodes)[number];

/** Body of a refusal of an OAuth endpoint. */
export const oauthErrorSchema = z.object({
  error: z.enum(oauthErrorCodes),
  /** For people. Printable ASCII without `"` and `\`, as the RFC demands. */
  error_description: z
    .string()
    .regex(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/)
    .optional(),
});
export type OAuthErrorBody = z.infer<typeof oauthErrorSchema>;
