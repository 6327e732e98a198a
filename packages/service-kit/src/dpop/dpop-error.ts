/** Why a proof or its use was refused; for the log, and for tests that must not stumble over something else. */
export type DpopFault =
  | 'missing'
  | 'several'
  | 'form'
  | 'type'
  | 'algorithm'
  | 'key'
  | 'signature'
  | 'claims'
  | 'method'
  | 'target'
  | 'time'
  | 'token_hash'
  | 'nonce'
  | 'binding'
  | 'replay';

/** `error` of the answer: RFC 9449 sections 5, 7.1 and 8. */
export type DpopErrorCode = 'invalid_dpop_proof' | 'use_dpop_nonce' | 'invalid_token';

/** A refusal on the grounds of RFC 9449. `message` is public: printable ASCII without quotes and backslashes. */
export class DpopError extends Error {
  readonly fault: DpopFault;
  /** What the next proof has to carry; goes out as `DPoP-Nonce`. */
  readonly nonce: string | undefined;

  constructor(fault: DpopFault, message: string, options: ErrorOptions & { nonce?: string } = {}) {
    super(message, { cause: options.cause });
    this.name = 'DpopError';
    this.fault = fault;
    this.nonce = options.nonce;
  }

  get code(): DpopErrorCode {
    if (this.fault === 'nonce') return 'use_dpop_nonce';
    return this.fault === 'binding' ? 'invalid_token' : 'invalid_dpop_proof';
  }
}
