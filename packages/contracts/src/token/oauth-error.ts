import * as z from 'zod';

/**
 * What an OAuth endpoint can refuse with: RFC 6749 section 5.2, `invalid_target` of RFC 8707 section 2, the two about DPoP
 * of RFC 9449 sections 5 and 8, and `unsupported_token_type` of RFC 7009 section 2.2.1. The last two, of RFC 6749 section
 * 4.1.2.1, stand for what is no fault of the request: `temporarily_unavailable` is answered 503 while a part is down, and
 * 429 to whoever asks too often.
 */
export const oauthErrorCodes = [
  'invalid_request',
  'invalid_client',
  'invalid_scope',
  'invalid_target',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_token_type',
  'invalid_dpop_proof',
  'use_dpop_nonce',
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
