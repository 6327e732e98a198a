import type { ClientAssertionAlgorithm, PublicJwk } from '@4runr/contracts/token';
import { compactVerify, errors, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { ClientAssertion } from './client-assertion.ts';

/**
 * The `kid` of the key that has signed the assertion; `undefined` when none of them has. Takes about the same time when there
 * is no key that could have.
 */
export type VerifyAssertion = (
  assertion: ClientAssertion,
  keys: readonly PublicJwk[],
) => Promise<string | undefined>;

/**
 * Makes the check of signatures. An assertion for which no key comes into question is checked against a decoy of the
 * same kind, so that an unknown client is refused as slowly as a wrong key.
 */
export async function createAssertionVerifier(): Promise<VerifyAssertion> {
  const decoys = await createDecoys();
  return async (assertion, keys) => {
    const fitting = keys.filter((key) => mayHaveSigned(key, assertion));
    const tried = fitting.length > 0 ? fitting : [decoys[keyKindOf[assertion.algorithm]]];
    for (const key of tried) {
      if (await isSignedBy(assertion, key)) return fitting.length > 0 ? key.kid : undefined;
    }
    return undefined;
  };
}

type KeyKind = 'RSA' | 'EC' | 'OKP';

/** What a key must be to make signatures of an algorithm: a key is never used with another kind of algorithm. */
const keyKindOf: Readonly<Record<ClientAssertionAlgorithm, KeyKind>> = {
  RS256: 'RSA',
  PS256: 'RSA',
  ES256: 'EC',
  EdDSA: 'OKP',
  Ed25519: 'OKP',
};

function mayHaveSigned(key: PublicJwk, { algorithm, kid }: ClientAssertion): boolean {
  if (key.kty !== keyKindOf[algorithm]) return false;
  if (key.alg !== undefined && key.alg !== algorithm && key.kty === 'RSA') return false;
  return kid === undefined || kid === key.kid;
}

async function isSignedBy({ token, algorithm }: ClientAssertion, key: PublicJwk): Promise<boolean> {
  const { alg: _alg, ...material } = key;
  try {
    await compactVerify(token, await importJWK(material, algorithm), { algorithms: [algorithm] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}

async function createDecoys(): Promise<Readonly<Record<KeyKind, PublicJwk>>> {
  const create = async (kty: KeyKind, algorithm: string): Promise<PublicJwk> => {
    const { publicKey } = await generateKeyPair(algorithm);
    return { ...(await exportJWK(publicKey)), kid: 'decoy', kty } as PublicJwk;
  };
  const [RSA, EC, OKP] = await Promise.all([
    create('RSA', 'RS256'),
    create('EC', 'ES256'),
    create('OKP', 'EdDSA'),
  ]);
  return { RSA, EC, OKP };
}
