import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { dpopAlgorithms, dpopProofBytesMax } from '@4runr/contracts/token';
import fc from 'fast-check';
import { exportJWK, SignJWT } from 'jose';
import type { ProblemError } from '../errors/index.ts';
import { generateProofKey, type ProofChange } from '../testing/proof-key.ts';
import { createTestReplayGuard, type TestReplayGuard } from '../testing/replay-guard.ts';
import { DpopError, type DpopFault } from './dpop-error.ts';
import { createDpopVerifier } from './dpop-verifier.ts';
import { createDpopNonces } from './nonces.ts';
import type { ProvenRequest } from './verify-proof.ts';

const nonces = createDpopNonces(randomBytes(32));
const baseUrls = ['https://gateway.test', 'http://localhost:8080'];
const path = '/v1/tools/serpapi/search';
const url = `${baseUrls[0]}${path}`;
const accessToken = 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln';
const key = await generateProofKey();
const stranger = await generateProofKey();

const { memoryId } = createTestReplayGuard();

function createVerifier(options: { nonces?: undefined; replayGuard?: TestReplayGuard } = {}) {
  return createDpopVerifier({ baseUrls, nonces, replayGuard: createTestReplayGuard(), ...options });
}

const prove = (change: ProofChange = {}, signer = key) =>
  signer.prove({ method: 'POST', url, nonce: nonces.current(memoryId), accessToken }, change);
const request = (...proofs: string[]): ProvenRequest => ({ proofs, method: 'POST', path, accessToken });
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1_000);

/** A proof whose header and claims are right or changed, with a signature of the caller's making. */
async function forge(header: object, sign: (input: string) => string): Promise<string> {
  const [, payload = ''] = (await prove()).split('.');
  const input = `${encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.publicJwk, ...header })}.${payload}`;
  return `${input}.${sign(input)}`;
}

const refusedAs = (fault: DpopFault) => (error: unknown) => {
  assert.ok(error instanceof DpopError, String(error));
  assert.equal(error.fault, fault, error.message);
  assert.match(
    error.message,
    /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/,
    'goes into a header and an error_description',
  );
  return true;
};

describe('a correct proof', () => {
  for (const algorithm of dpopAlgorithms) {
    it(`signed with ${algorithm} names the thumbprint of its key`, async () => {
      const ownKey = await generateProofKey(algorithm);
      const proof = await createVerifier().verify(request(await prove({}, ownKey)));
      assert.equal(proof.jkt, ownKey.jkt);
      assert.equal(proof.nextNonce, undefined);
    });
  }

  it('may name any of the URLs by which the gateway is reached', async () => {
    const proof = await prove({ claims: { htu: `http://LOCALHOST:8080${path}` } });
    assert.equal((await createVerifier().verify(request(proof))).jkt, key.jkt);
  });

  it('leaves the query of the request out', async () => {
    const asked = { ...request(await prove()), path: `${path}?a=b` };
    assert.equal((await createVerifier().verify(asked)).jkt, key.jkt);
  });

  it('may lie a minute off, as clocks do', async () => {
    for (const iat of [now() - 58, now() + 58]) {
      await createVerifier().verify(request(await prove({ claims: { iat } })));
    }
  });

  it('needs no ath where no token comes with it', async () => {
    const proof = await key.prove({ method: 'POST', url, nonce: nonces.current(memoryId) });
    await createVerifier().verify({ proofs: [proof], method: 'POST', path });
  });

  it('needs no nonce where nonces are off', async () => {
    const proof = await prove({ claims: { nonce: undefined } });
    const { nextNonce } = await createVerifier({ nonces: undefined }).verify(request(proof));
    assert.equal(nextNonce, undefined);
  });
});

describe('a nonce', () => {
  const stale = createDpopNonces(randomBytes(32)).current(memoryId);
  for (const [name, nonce] of [
    ['that is missing', undefined],
    ['that is not ours', stale],
    ['that is empty', ''],
  ] as const) {
    it(`${name} is answered with the one to use`, async () => {
      const proof = await prove({ claims: { nonce } });
      await assert.rejects(createVerifier().verify(request(proof)), (error: DpopError) => {
        assert.equal(error.code, 'use_dpop_nonce');
        assert.equal(error.nonce, nonces.current(memoryId));
        return true;
      });
    });
  }

  it('of the minute before serves, and comes back with the one to use from now on', async () => {
    let nowMs = Date.now();
    const moving = createDpopNonces(randomBytes(32), () => nowMs);
    const verifier = createDpopVerifier({ baseUrls, nonces: moving, replayGuard: createTestReplayGuard() });
    const proof = await prove({ claims: { nonce: moving.current(memoryId) } });
    nowMs += 60_000;
    assert.equal((await verifier.verify(request(proof))).nextNonce, moving.current(memoryId));
  });
});

describe('a jti', () => {
  it('serves once, whatever it is sent with', async () => {
    const verifier = createVerifier();
    const [one, other] = await Promise.all([1, 2].map(() => prove({ claims: { jti: 'same' } })));
    await verifier.redeem(await verifier.verify(request(one ?? '')));
    const again = await verifier.verify(request(other ?? ''));
    await assert.rejects(verifier.redeem(again), refusedAs('replay'));
  });

  it('belongs to its key: nobody uses up somebody else’s', async () => {
    const verifier = createVerifier();
    for (const signer of [key, stranger]) {
      await verifier.redeem(await verifier.verify(request(await prove({ claims: { jti: 'same' } }, signer))));
    }
  });
});

describe('once used proofs are forgotten', () => {
  it('a proof that was used is none any more, on replicas that have not noticed either, and a new one serves', async () => {
    const replayGuard = createTestReplayGuard();
    const [one, other] = [createVerifier({ replayGuard }), createVerifier({ replayGuard })];
    const [used, late] = [request(await prove()), request(await prove())];
    for (const proof of [used, late]) await one.redeem(await one.verify(proof));
    const verified = await other.verify(used);
    replayGuard.loseData('another', now());
    const nonce = nonces.current('another');
    const demanded = (error: DpopError) => refusedAs('nonce')(error) && error.nonce === nonce;
    // Verified before the loss, used after it.
    await assert.rejects(other.redeem(verified), demanded);
    await assert.rejects(other.verify(used), demanded);
    // Does not know of the loss until it looks.
    await assert.rejects(one.verify(late).then(one.redeem), demanded);
    const fresh = request(await prove({ claims: { nonce } }));
    await one.redeem(await one.verify(fresh));
  });

  it('and nonces are off, only what is made after that serves', async () => {
    const replayGuard = createTestReplayGuard();
    const verifier = createVerifier({ nonces: undefined, replayGuard });
    const lostAt = now();
    replayGuard.loseData('another', lostAt);
    const redeem = async (iat: number) =>
      verifier.redeem(await verifier.verify(request(await prove({ claims: { iat } }))));
    await assert.rejects(redeem(lostAt), (error: ProblemError) => error.code === 'service.unavailable');
    await redeem(lostAt + 1);
  });
});

describe('a nonce that cannot be known', () => {
  it('is not demanded: nobody passes for now', async () => {
    const replayGuard = createTestReplayGuard();
    replayGuard.setAway(true);
    const proof = await prove({ claims: { nonce: undefined } });
    await assert.rejects(
      createVerifier({ replayGuard }).verify(request(proof)),
      (error: ProblemError) => error.code === 'service.unavailable',
    );
  });

  it('is looked up for nobody who uses a fresh one', async () => {
    const replayGuard = createTestReplayGuard();
    const verifier = createVerifier({ replayGuard });
    await verifier.verify(request(await prove()));
    replayGuard.setAway(true);
    await verifier.verify(request(await prove()));
  });
});

interface Attack {
  readonly guarantee: string;
  readonly fault: DpopFault;
  readonly proofs: () => Promise<string | readonly string[]> | string | readonly string[];
}

const weakRsa = generateKeyPairSync('rsa', { modulusLength: 1_024 });
const symmetric = randomBytes(32);

const attacks: readonly Attack[] = [
  { guarantee: 'a proof is there', fault: 'missing', proofs: () => [] },
  {
    guarantee: 'there is one DPoP header, even if both are right',
    fault: 'several',
    proofs: async () => [await prove(), await prove()],
  },
  {
    guarantee: 'two proofs in one header are none',
    fault: 'form',
    proofs: async () => `${await prove()}, ${await prove()}`,
  },
  { guarantee: 'an empty header holds no proof', fault: 'form', proofs: () => '' },
  { guarantee: 'garbage is no proof', fault: 'form', proofs: () => 'garbage' },
  {
    guarantee: 'segments that hold no JSON are no proof',
    fault: 'form',
    proofs: () => 'bm90IGpzb24.bm90IGpzb24.c2ln',
  },
  {
    guarantee: 'an oversized proof is not looked at',
    fault: 'form',
    proofs: () => prove({ claims: { pad: 'p'.repeat(dpopProofBytesMax) } }),
  },
  {
    guarantee: 'a proof is no other kind of JWT',
    fault: 'type',
    proofs: () => prove({ header: { typ: 'JWT' } }),
  },
  {
    guarantee: 'a proof says that it is one',
    fault: 'type',
    proofs: () => prove({ header: { typ: undefined } }),
  },
  {
    guarantee: 'an unsigned proof proves nothing',
    fault: 'form',
    proofs: () => forge({ alg: 'none' }, () => ''),
  },
  {
    guarantee: 'alg none is refused whatever the signature holds',
    fault: 'algorithm',
    proofs: () => forge({ alg: 'none' }, () => 'c2ln'),
  },
  {
    guarantee: 'no MAC is a proof, though its key comes along',
    fault: 'algorithm',
    proofs: () =>
      forge({ alg: 'HS256', jwk: { kty: 'oct', k: symmetric.toString('base64url') } }, (input) =>
        createHmac('sha256', symmetric).update(input).digest('base64url'),
      ),
  },
  {
    guarantee: 'a symmetric key is none',
    fault: 'key',
    proofs: () => prove({ header: { jwk: { kty: 'oct', k: symmetric.toString('base64url') } } }),
  },
  { guarantee: 'the key comes along', fault: 'key', proofs: () => prove({ header: { jwk: undefined } }) },
  {
    guarantee: 'a key by reference is none',
    fault: 'key',
    proofs: () => prove({ header: { jwk: undefined, jku: 'http://127.0.0.1:1/', kid: 'k' } }),
  },
  {
    guarantee: 'a private key never travels',
    fault: 'key',
    proofs: async () => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const jwk = { ...(await exportJWK(publicKey)), d: (await exportJWK(privateKey)).d };
      return prove({ header: { jwk } });
    },
  },
  {
    guarantee: 'a weak key proves nothing',
    fault: 'key',
    proofs: async () => {
      const jwk = await exportJWK(weakRsa.publicKey);
      return forge({ alg: 'RS256', jwk }, () => 'c2ln');
    },
  },
  {
    guarantee: 'a point off the curve is no key',
    fault: 'key',
    proofs: () => prove({ header: { jwk: { ...key.publicJwk, x: key.publicJwk.y } } }),
  },
  {
    guarantee: 'an algorithm is used with its own kind of key',
    fault: 'key',
    proofs: () => forge({ alg: 'RS256' }, () => 'c2ln'),
  },
  {
    guarantee: 'a key that is for another algorithm is not used',
    fault: 'key',
    proofs: () => prove({ header: { jwk: { ...key.publicJwk, alg: 'RS256' } } }),
  },
  {
    guarantee: 'the signature is one of the key that comes along',
    fault: 'signature',
    proofs: () => prove({ header: { jwk: stranger.publicJwk } }),
  },
  {
    guarantee: 'what is signed cannot be changed',
    fault: 'signature',
    proofs: async () => {
      const [header, , signature] = (await prove()).split('.');
      const claims = { jti: 'x', htm: 'POST', htu: url, iat: now(), nonce: nonces.current(memoryId) };
      return [header, encode(claims), signature].join('.');
    },
  },
  {
    guarantee: 'a critical extension that is not understood is not ignored',
    fault: 'form',
    proofs: async () =>
      new SignJWT({})
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.publicJwk, crit: ['x'], x: 1 })
        .sign(key.privateKey, { crit: { x: true } }),
  },
  {
    guarantee: 'a proof without jti is refused',
    fault: 'claims',
    proofs: () => prove({ claims: { jti: undefined } }),
  },
  { guarantee: 'an empty jti is none', fault: 'claims', proofs: () => prove({ claims: { jti: '' } }) },
  {
    guarantee: 'the length of a jti is bounded',
    fault: 'claims',
    proofs: () => prove({ claims: { jti: 'j'.repeat(257) } }),
  },
  {
    guarantee: 'a proof names a method',
    fault: 'claims',
    proofs: () => prove({ claims: { htm: undefined } }),
  },
  { guarantee: 'a proof names a URL', fault: 'claims', proofs: () => prove({ claims: { htu: undefined } }) },
  { guarantee: 'a proof says when', fault: 'claims', proofs: () => prove({ claims: { iat: undefined } }) },
  { guarantee: 'iat is a number', fault: 'claims', proofs: () => prove({ claims: { iat: 'now' } }) },
  {
    guarantee: 'a proof for another method is refused',
    fault: 'method',
    proofs: () => prove({ claims: { htm: 'GET' } }),
  },
  {
    guarantee: 'methods are compared as they are',
    fault: 'method',
    proofs: () => prove({ claims: { htm: 'post' } }),
  },
  {
    guarantee: 'a proof for another path is refused',
    fault: 'target',
    proofs: () => prove({ claims: { htu: `${baseUrls[0]}/v1/tools/gmail_send/send` } }),
  },
  {
    guarantee: 'a proof for another server is refused',
    fault: 'target',
    proofs: () => prove({ claims: { htu: `https://evil.test${path}` } }),
  },
  {
    guarantee: 'a proof for another port is refused',
    fault: 'target',
    proofs: () => prove({ claims: { htu: `https://gateway.test:8443${path}` } }),
  },
  {
    guarantee: 'a relative htu is none',
    fault: 'target',
    proofs: () => prove({ claims: { htu: path } }),
  },
  {
    guarantee: 'a proof of long ago is refused',
    fault: 'time',
    proofs: () => prove({ claims: { iat: now() - 62 } }),
  },
  {
    guarantee: 'a proof of the future is refused',
    fault: 'time',
    proofs: () => prove({ claims: { iat: now() + 63 } }),
  },
  {
    guarantee: 'a proof whose exp is past is refused',
    fault: 'time',
    proofs: () => prove({ claims: { exp: now() - 61 } }),
  },
  {
    guarantee: 'a proof whose nbf is ahead is refused',
    fault: 'time',
    proofs: () => prove({ claims: { nbf: now() + 63 } }),
  },
  {
    guarantee: 'a proof belongs to its token',
    fault: 'token_hash',
    proofs: () =>
      key.prove({ method: 'POST', url, nonce: nonces.current(memoryId), accessToken: `${accessToken}x` }),
  },
  {
    guarantee: 'a proof without token is not one for a token',
    fault: 'token_hash',
    proofs: () => prove({ claims: { ath: undefined } }),
  },
];

describe('a hostile proof', () => {
  for (const { guarantee, fault, proofs } of attacks) {
    it(`${guarantee} (${fault})`, async () => {
      const sent = [await proofs()].flat();
      await assert.rejects(createVerifier().verify(request(...sent)), refusedAs(fault));
    });
  }

  it('with every single segment changed is refused', async () => {
    const parts = (await prove()).split('.');
    for (const segment of [0, 1, 2]) {
      const changed = parts.map((part, at) => (at === segment ? `${part.slice(0, -4)}AAAA` : part));
      await assert.rejects(createVerifier().verify(request(changed.join('.'))), DpopError);
    }
  });

  it('of whatever form never makes an unforeseen error', async () => {
    const anyJson = fc.oneof(
      fc.dictionary(
        fc.constantFrom('typ', 'alg', 'jwk', 'crit', 'b64', 'jti', 'htm', 'htu', 'iat'),
        fc.jsonValue(),
      ),
      fc.jsonValue(),
    );
    const nearHeader = fc
      .dictionary(fc.constantFrom('kty', 'crv', 'x', 'y', 'n', 'e', 'alg', 'use', 'key_ops'), fc.jsonValue())
      .map((odd) => ({ typ: 'dpop+jwt', alg: 'ES256', jwk: { ...key.publicJwk, ...odd } }));
    const compact = fc
      .tuple(fc.oneof(nearHeader, anyJson), anyJson)
      .map(([header, claims]) => `${encode(header)}.${encode(claims)}.c2ln`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(compact, fc.string()), async (proof) => {
        await assert.rejects(createVerifier().verify(request(proof)), DpopError);
      }),
      { numRuns: 300 },
    );
  });

  it('of a genuine key with odd claims never makes an unforeseen error', async () => {
    const odd = fc.dictionary(
      fc.constantFrom('jti', 'htm', 'htu', 'iat', 'exp', 'nbf', 'nonce', 'ath'),
      fc.oneof(fc.jsonValue(), fc.webUrl(), fc.string({ unit: 'binary' })),
      { minKeys: 1 },
    );
    await fc.assert(
      fc.asyncProperty(odd, async (claims) => {
        try {
          await createVerifier().verify(request(await prove({ claims })));
        } catch (error) {
          assert.ok(error instanceof DpopError, String(error));
        }
      }),
      { numRuns: 100 },
    );
  });
});
