import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ClientAssertionAlgorithm,
  clientAssertionAlgorithms,
  type PublicJwk,
} from '@4runr/contracts/token';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createAssertionVerifier } from './assertion-signature.ts';
import type { ClientAssertion } from './client-assertion.ts';

const verify = await createAssertionVerifier();

async function sign(algorithm: ClientAssertionAlgorithm, kid?: string) {
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  const token = await new SignJWT({}).setProtectedHeader({ alg: algorithm }).sign(privateKey);
  const assertion: ClientAssertion = {
    token,
    algorithm,
    kid,
    clientId: 'agt_1',
    jti: 'j',
    usableFromSeconds: 0,
    unusableAtSeconds: 0,
  };
  return { assertion, key: { ...(await exportJWK(publicKey)), kid: 'k1' } as PublicJwk };
}

describe('the check of an assertion’s signature', () => {
  for (const algorithm of clientAssertionAlgorithms) {
    it(`takes ${algorithm} of the client’s key, says which, and of no other`, async () => {
      const { assertion, key } = await sign(algorithm);
      const other = await sign(algorithm);
      assert.equal(await verify(assertion, [{ ...other.key, kid: 'k2' }, key]), 'k1');
      assert.equal(await verify(assertion, [other.key]), undefined);
      assert.equal(await verify(assertion, []), undefined);
    });
  }

  it('takes a named key alone', async () => {
    const { assertion, key } = await sign('ES256', 'k2');
    assert.equal(await verify(assertion, [key]), undefined);
    assert.equal(await verify(assertion, [{ ...key, kid: 'k2' }]), 'k2');
  });

  it('takes no other algorithm of a key that was registered for one', async () => {
    const { assertion, key } = await sign('RS256');
    assert.equal(await verify(assertion, [{ ...key, alg: 'PS256' }]), undefined);
    assert.equal(await verify(assertion, [{ ...key, alg: 'RS256' }]), 'k1');
  });

  it('takes about as long without any key as with a wrong one', async () => {
    const { assertion } = await sign('RS256');
    const { key } = await sign('RS256');
    const [withWrongKey, withoutKey] = await medianMs(
      () => verify(assertion, [key]),
      () => verify(assertion, []),
    );
    const ratio = (withoutKey ?? 0) / (withWrongKey ?? 1);
    assert.ok(ratio > 0.5 && ratio < 2, `without a key it takes ${ratio.toFixed(2)} times as long`);
  });
});

/** Median times of things done by turns, so that whatever else the machine does falls on all of them. */
async function medianMs(...things: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  const times = things.map((): number[] => []);
  for (let round = 0; round < 101; round += 1) {
    for (const [index, thing] of things.entries()) {
      const startedAt = performance.now();
      await thing();
      times[index]?.push(performance.now() - startedAt);
    }
  }
  return times.map((values) => values.sort((a, b) => a - b)[50] ?? Number.NaN);
}
