export { DpopError, type DpopErrorCode, type DpopFault } from './dpop-error.ts';
export { createDpopVerifier, type DpopProof, type DpopVerifier } from './dpop-verifier.ts';
export { createDpopNonces, type DpopNonces } from './nonces.ts';
export { createDpopReplayGuard, type DpopReplayGuard } from './replay-guard.ts';
export { createConfiguredDpopVerifier, type DpopConfig, dpopSettings } from './settings.ts';
export { normalizeTarget } from './target.ts';
export type { ProvenRequest } from './verify-proof.ts';
