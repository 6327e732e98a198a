import { dpopAlgorithms } from '@4runr/contracts/token';
import { DpopError } from '../dpop/index.ts';
import { ProblemError } from '../errors/index.ts';

/** How an access token is presented: whoever holds it may use it (RFC 6750), or only who holds its key too (RFC 9449). */
export type TokenScheme = 'Bearer' | 'DPoP';

/** What is wrong, in the words of RFC 6750 section 3.1 and RFC 9449 section 7.1. */
export interface Refusal {
  readonly error: string;
  readonly description?: string | undefined;
  /** The scope that was needed. */
  readonly scope?: string;
}

/** `WWW-Authenticate`: both schemes, the one that was used first and with what is wrong. */
export function formatChallenges(used: TokenScheme, refusal?: Refusal): string {
  const other = used === 'DPoP' ? 'Bearer' : 'DPoP';
  return `${formatChallenge(used, refusal)}, ${formatChallenge(other)}`;
}

function formatChallenge(scheme: TokenScheme, refusal?: Refusal): string {
  const parameters = {
    realm: '4runr',
    error: refusal?.error,
    error_description: refusal?.description,
    scope: refusal?.scope,
    algs: scheme === 'DPoP' ? dpopAlgorithms.join(' ') : undefined,
  };
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return `${scheme} ${given.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
}

/** The failure with the challenges that belong to it; what is no refusal of a token stays as it is. */
export function withChallenges(problem: ProblemError, used: TokenScheme): ProblemError {
  if (problem.status !== 401) return problem;
  return new ProblemError(problem.code, {
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    cause: problem.cause,
    extensions: problem.extensions,
    headers: { ...problem.headers, 'WWW-Authenticate': formatChallenges(used, refusalOf(problem)) },
  });
}

function refusalOf({ code, cause }: ProblemError): Refusal | undefined {
  if (cause instanceof DpopError) return { error: cause.code, description: cause.message };
  switch (code) {
    case 'token.missing':
      return undefined;
    case 'token.expired':
      return { error: 'invalid_token', description: 'The token expired' };
    case 'token.revoked':
      return { error: 'invalid_token', description: 'The token was revoked' };
    default:
      return { error: 'invalid_token' };
  }
}
