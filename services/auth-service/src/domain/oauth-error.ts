import type { OAuthErrorCode } from '@4runr/contracts/token';

/** Why a request was refused, for the log alone: a client must not learn it where it would help to guess. */
export type RefusalReason =
  | 'malformed'
  | 'unsupported'
  | 'algorithm'
  | 'claims'
  | 'unknown_client'
  | 'suspended_client'
  | 'signature'
  | 'secret'
  | 'auth_method'
  | 'replay'
  | 'dpop_proof'
  | 'dpop_nonce'
  | 'address_rate'
  | 'client_rate'
  | 'failure_rate'
  | 'scope'
  | 'operator_scope';

export interface OAuthErrorOptions extends ErrorOptions {
  readonly reason: RefusalReason;
  /** The client as it names itself, for the log. */
  readonly clientId?: string;
  /** HTTP authentication scheme that the client tried, for the challenge (RFC 6749 section 5.2). */
  readonly challenge?: string;
  /** Where it is not the one of the code. */
  readonly status?: 429;
  /** Further headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal of an OAuth endpoint. `message` is public and becomes `error_description`. */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode;
  readonly reason: RefusalReason;
  readonly clientId: string | undefined;
  readonly challenge: string | undefined;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: OAuthErrorCode, description: string, options: OAuthErrorOptions) {
    super(description, { cause: options.cause });
    this.name = 'OAuthError';
    this.code = code;
    this.reason = options.reason;
    this.clientId = options.clientId;
    this.challenge = options.challenge;
    this.status = options.status;
    this.headers = options.headers ?? {};
  }
}

/** A part of a request that breaks the protocol. */
export function invalidRequest(description: string, reason: RefusalReason = 'malformed'): OAuthError {
  return new OAuthError('invalid_request', description, { reason });
}
