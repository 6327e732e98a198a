import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { generateKeyPair, SignJWT } from 'jose';
import {
  createDpopNonces,
  createDpopVerifier,
  DpopError,
  type DpopFault,
  type DpopNonces,
} from '../dpop/index.ts';
import type { ProblemError } from '../errors/index.ts';
import { createMetrics } from '../telemetry/index.ts';
import { issuerKeysOf } from '../testing/issuer-keys.ts';
import { generateProofKey, type ProofChange } from '../testing/proof-key.ts';
import { createTestReplayGuard } from '../testing/replay-guard.ts';
import { createAccessTokenAuthority } from './authority.ts';
import type { PresentedToken } from './presented-token.ts';

const issuer = 'https://gateway.test';
const path = '/v1/tools/serpapi/search';
const signing = await generateKeyPair('RS256');
const key = await generateProofKey();
const stranger = await generateProofKey();
const nonces = createDpopNonces(randomBytes(32));
/** Replicas share what was used, as they do by the state Redis. */
const replayGuard = createTestReplayGuard();
const { memoryId } = replayGuard;

function startReplica(options: { withoutDpop?: true; nonces?: DpopNonces } = {}) {
  const events: string[] = [];
  const metrics = createMetrics({ service: 'test', version: '0' });
  const dpop = createDpopVerifier({ baseUrls: [issuer], nonces, replayGuard, ...options });
  const authority = createAccessTokenAuthority(
    { metrics, reportSecurityEvent: (event) => void events.push(event) },
    {
      issuer,
      keys: issuerKeysOf(signing.publicKey),
      revocations: { isRevoked: () => false, assertFresh: () => {} },
      dpop: options.withoutDpop ? undefined : dpop,
    },
  );
  return { authority, events, expose: () => metrics.expose() };
}

function signToken(change: object = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    sub: 'agt_1',
    client_id: 'agt_1',
    scope: '*:*',
    role: 'scraper',
    epoch: 0,
    jti: 'tok_1',
    cnf: { jkt: key.jkt },
    ...change,
  };
  return new SignJWT({ iss: issuer, aud: issuer, iat: now, exp: now + 900, ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt' })
    .sign(signing.privateKey);
}

const bound = await signToken();
const unbound = await signToken({ cnf: undefined });

const prove = (change: ProofChange = {}, signer = key, accessToken = bound) =>
  signer.prove(
    { method: 'POST', url: `${issuer}${path}`, nonce: nonces.current(memoryId), accessToken },
    change,
  );

function present(
  authorization: string,
  dpop: readonly string[] = [],
): PresentedToken & { offered: string[] } {
  const offered: string[] = [];
  return {
    authorization,
    dpop,
    method: 'POST',
    path,
    offered,
    offerNonce: (nonce) => void offered.push(nonce),
  };
}

describe('a bound token', () => {
  for (const scheme of ['DPoP', 'dpop', 'DPOP']) {
    it(`by the scheme ${scheme}, with a proof of its key, is believed`, async () => {
      const { authority, events } = startReplica();
      const presented = present(`${scheme} ${bound}`, [await prove()]);
      assert.equal((await authority.authenticate(presented)).cnf?.jkt, key.jkt);
      assert.deepEqual([events, presented.offered], [[], []]);
    });
  }

  it('with a proof of an older nonce is believed, and the client told the newest', async () => {
    const secret = randomBytes(32);
    const minuteAgo = createDpopNonces(secret, () => Date.now() - 60_000).current(memoryId);
    const now = createDpopNonces(secret);
    const presented = present(`DPoP ${bound}`, [await prove({ claims: { nonce: minuteAgo } })]);
    await startReplica({ nonces: now }).authority.authenticate(presented);
    assert.deepEqual(presented.offered, [now.current(memoryId)]);
  });
});

describe('a token that is bound to no key', () => {
  it('is believed as a bearer token, whatever proof comes with it', async () => {
    const { authority } = startReplica();
    assert.equal((await authority.authenticate(present(`Bearer ${unbound}`, ['x', 'y']))).cnf, undefined);
  });
});

interface Attack {
  readonly guarantee: string;
  readonly fault: DpopFault;
  readonly error: 'invalid_token' | 'invalid_dpop_proof';
  readonly attempt: () => Promise<PresentedToken>;
}

const attacks: readonly Attack[] = [
  {
    guarantee: 'a stolen bound token is no bearer token',
    fault: 'binding',
    error: 'invalid_token',
    attempt: async () => present(`Bearer ${bound}`),
  },
  {
    guarantee: 'a bound token is no bearer token, though a right proof comes along',
    fault: 'binding',
    error: 'invalid_token',
    attempt: async () => present(`Bearer ${bound}`, [await prove()]),
  },
  {
    guarantee: 'a bound token without a proof is refused',
    fault: 'missing',
    error: 'invalid_dpop_proof',
    attempt: async () => present(`DPoP ${bound}`),
  },
  {
    guarantee: 'a proof of another key does not serve',
    fault: 'binding',
    error: 'invalid_token',
    attempt: async () => present(`DPoP ${bound}`, [await prove({}, stranger)]),
  },
  {
    guarantee: 'a proof for another token does not serve',
    fault: 'token_hash',
    error: 'invalid_dpop_proof',
    attempt: async () => present(`DPoP ${bound}`, [await prove({}, key, unbound)]),
  },
  {
    guarantee: 'a proof for another method does not serve',
    fault: 'method',
    error: 'invalid_dpop_proof',
    attempt: async () => present(`DPoP ${bound}`, [await prove({ claims: { htm: 'GET' } })]),
  },
  {
    guarantee: 'a proof for another URL does not serve',
    fault: 'target',
    error: 'invalid_dpop_proof',
    attempt: async () => present(`DPoP ${bound}`, [await prove({ claims: { htu: `${issuer}/v1/agents` } })]),
  },
  {
    guarantee: 'two DPoP headers are refused',
    fault: 'several',
    error: 'invalid_dpop_proof',
    attempt: async () => present(`DPoP ${bound}`, [await prove(), await prove()]),
  },
  {
    guarantee: 'a token that is bound to no key does not come by DPoP',
    fault: 'binding',
    error: 'invalid_token',
    attempt: async () => present(`DPoP ${unbound}`, [await prove({}, key, unbound)]),
  },
];

describe('a token that was stolen or is misused', () => {
  for (const { guarantee, fault, error, attempt } of attacks) {
    it(`${guarantee} (${fault})`, async () => {
      const { authority, events } = startReplica();
      const presented = await attempt();
      await assert.rejects(authority.authenticate(presented), (problem: ProblemError) => {
        assert.ok(problem.cause instanceof DpopError);
        assert.deepEqual([problem.code, problem.cause.fault], ['token.invalid', fault]);
        const [scheme, other] = presented.authorization?.startsWith('DPoP')
          ? ['DPoP', 'Bearer']
          : ['Bearer', 'DPoP'];
        const challenge = problem.headers['WWW-Authenticate'] ?? '';
        assert.match(
          challenge,
          new RegExp(`^${scheme} realm="4runr", error="${error}", .*, ${other} realm="4runr"`),
        );
        assert.match(challenge, /algs="[^"]*ES256/);
        return true;
      });
      assert.deepEqual(events, ['authentication_failure']);
    });
  }

  it('a proof that was used on one replica is refused by another', async () => {
    const presented = present(`DPoP ${bound}`, [await prove()]);
    await startReplica().authority.authenticate(presented);
    await assert.rejects(startReplica().authority.authenticate(presented), refusedFor('replay'));
  });

  it('what is refused uses up no proof', async () => {
    const { authority } = startReplica();
    const proof = await prove();
    await assert.rejects(authority.authenticate({ ...present(`DPoP ${bound}`, [proof]), path: '/other' }));
    await authority.authenticate(present(`DPoP ${bound}`, [proof]));
  });

  it('nobody with a bound token passes while used proofs cannot be known', async () => {
    const { authority, events } = startReplica();
    replayGuard.setAway(true);
    await assert.rejects(
      authority.authenticate(present(`DPoP ${bound}`, [await prove()])),
      (problem: ProblemError) => problem.code === 'service.unavailable',
    );
    replayGuard.setAway(false);
    assert.deepEqual(events, []);
  });

  it('a service that checks no proofs takes no bound token', async () => {
    const { authority } = startReplica({ withoutDpop: true });
    const presented = present(`DPoP ${bound}`, [await prove()]);
    await assert.rejects(authority.authenticate(presented), refusedFor('binding'));
  });
});

describe('a proof without a fresh nonce', () => {
  it('is answered with the nonce to use, is counted apart, and makes nobody suspicious', async () => {
    const { authority, events, expose } = startReplica();
    const presented = present(`DPoP ${bound}`, [await prove({ claims: { nonce: undefined } })]);
    await assert.rejects(authority.authenticate(presented), (problem: ProblemError) => {
      assert.equal(problem.code, 'token.invalid');
      assert.match(problem.headers['WWW-Authenticate'] ?? '', /^DPoP realm="4runr", error="use_dpop_nonce"/);
      assert.equal(problem.headers['DPoP-Nonce'], nonces.current(memoryId));
      return true;
    });
    assert.deepEqual(events, []);
    assert.match(await expose(), /gateway_token_validations_total\{result="dpop_nonce",service="test"\} 1/);
  });
});

function refusedFor(fault: DpopFault) {
  return ({ cause }: ProblemError) => {
    assert.ok(cause instanceof DpopError);
    assert.equal(cause.fault, fault);
    return true;
  };
}
