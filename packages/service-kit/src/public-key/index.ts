export { type PublicKeyOutcome, parsePublicKey, type ReadPublicKey } from './parse-public-key.ts';
