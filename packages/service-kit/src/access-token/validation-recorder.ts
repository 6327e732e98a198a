import { type AccessTokenClaims, accessTokenClaimsSchema } from '@4runr/contracts/token';
import { errors } from 'jose';
import { DpopError } from '../dpop/index.ts';
import type { ProblemError } from '../errors/index.ts';
import type { Kit } from '../lifecycle/index.ts';
import { refusalEventOf } from '../telemetry/index.ts';
import { bearerOf } from './bearer-of.ts';

/** Tells metrics and those who watch security what became of a token. */
export interface ValidationRecorder {
  valid(): void;
  refused(problem: ProblemError, attempt: RefusedAttempt): void;
}

/** What is known of a token that was refused. */
export interface RefusedAttempt {
  /** Where it came from. */
  readonly address: string | undefined;
  /** Of a token that its issuer has signed. */
  readonly claims: AccessTokenClaims | undefined;
}

export function createValidationRecorder(
  kit: Pick<Kit, 'metrics' | 'reportSecurityEvent'>,
): ValidationRecorder {
  const validations = kit.metrics.counter({
    name: 'gateway_token_validations_total',
    help: 'Access tokens checked, by result',
    labelNames: ['result'],
  });
  const expirations = kit.metrics.counter({
    name: 'gateway_token_expirations_total',
    help: 'Access tokens refused because they had expired',
  });
  return {
    valid: () => validations.inc({ result: 'valid' }),
    refused(problem, { address, claims = signedClaimsOf(problem) }) {
      if (isNonceDemand(problem)) return validations.inc({ result: 'dpop_nonce' });
      validations.inc({ result: problem.code.replace(/^token\./, '') });
      if (problem.code === 'token.expired') expirations.inc();
      const { code, cause } = problem;
      const event = isForged(problem) ? 'token_tampering' : refusalEventOf(code);
      if (event === undefined) return;
      kit.reportSecurityEvent(event, {
        ...{ credential: 'access token', code, address },
        ...(cause instanceof DpopError ? { fault: cause.fault } : {}),
        ...(claims === undefined ? {} : bearerOf(claims)),
      });
    },
  };
}

const forgeries: ReadonlySet<string> = new Set([
  errors.JWSSignatureVerificationFailed.code,
  errors.JOSEAlgNotAllowed.code,
]);

/** Of an expired token the signature has been verified. */
function signedClaimsOf({ cause }: ProblemError): AccessTokenClaims | undefined {
  return cause instanceof errors.JWTExpired
    ? accessTokenClaimsSchema.safeParse(cause.payload).data
    : undefined;
}

/** Whether somebody else signed the token or changed what was signed, or it names an algorithm that needs no key of the issuer. */
function isForged({ cause }: ProblemError): boolean {
  return cause instanceof errors.JOSEError && forgeries.has(cause.code);
}

/** A client that is told which nonce to use has done nothing wrong. */
function isNonceDemand({ cause }: ProblemError): boolean {
  return cause instanceof DpopError && cause.fault === 'nonce';
}
