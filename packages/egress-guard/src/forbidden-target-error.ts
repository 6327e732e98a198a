/** Why a target is refused. */
export type ForbiddenTargetReason = 'scheme' | 'port' | 'credentials' | 'address';

const messages: Record<ForbiddenTargetReason, string> = {
  scheme: 'Only http and https are allowed',
  port: 'This port is not allowed',
  credentials: 'A URL with credentials is not allowed',
  address: 'The host is at an address that is not public',
};

/**
 * A target that may not be reached; nothing was sent to it. `message` is fit for the caller; `address`, the one that was
 * refused, is for the log alone, because it tells how the private network is laid out.
 */
export class ForbiddenTargetError extends Error {
  override readonly name = 'ForbiddenTargetError';
  readonly code = 'EGRESS_FORBIDDEN';
  readonly reason: ForbiddenTargetReason;
  readonly address: string | undefined;

  constructor(reason: ForbiddenTargetReason, address?: string) {
    super(messages[reason]);
    this.reason = reason;
    this.address = address;
  }
}
