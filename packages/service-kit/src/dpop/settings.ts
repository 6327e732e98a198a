import * as z from 'zod';
import { base64Bytes, type ConfigOf, type Setting, setting, urlList } from '../config/index.ts';
import type { Redis } from '../redis/index.ts';
import { createDpopVerifier, type DpopVerifier } from './dpop-verifier.ts';
import { createDpopNonces } from './nonces.ts';
import { createDpopReplayGuard } from './replay-guard.ts';

/** Well known, so it proves nothing: good for trying a service out, refused in production. */
const developmentSecret = Buffer.from('4runr development DPoP nonces...').toString('base64');

/** The settings of every service that takes tokens which may be bound to a key; its `config.ts` spreads them. */
export function dpopSettings() {
  return {
    edgeUrls: setting('EDGE_URLS', urlList('http', 'https'), {
      default: '',
      about:
        'base URLs by which clients reach the edge beside `PUBLIC_URL`, separated by commas: `htu` of DPoP proofs',
    }),
    dpopNonce: setting('DPOP_NONCE', z.enum(['required', 'off'], { error: 'is neither required nor off' }), {
      default: 'required',
      about: '`off` takes DPoP proofs without a nonce of ours',
    }) as Setting<'required' | 'off'>,
    dpopNonceSecret: setting('DPOP_NONCE_SECRET', base64Bytes(32), {
      default: developmentSecret,
      secret: true,
      isDefaultPublic: true,
      about: 'what DPoP nonces are made of: 32 bytes in base64, the same for every service of the gateway',
    }),
  };
}

export type DpopConfig = ConfigOf<ReturnType<typeof dpopSettings>> & { readonly publicUrl: string };

/** The verifier that these settings describe, with the state Redis for used proofs. */
export function createConfiguredDpopVerifier(config: DpopConfig, redis: Redis): DpopVerifier {
  return createDpopVerifier({
    baseUrls: [...new Set([config.publicUrl, ...config.edgeUrls])],
    nonces: config.dpopNonce === 'off' ? undefined : createDpopNonces(config.dpopNonceSecret),
    replayGuard: createDpopReplayGuard(redis),
  });
}
