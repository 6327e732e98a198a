export { clientRevocationExample, revocationMessageExample, tokenRevocationExample } from './examples.ts';
export {
  type DatedRevocation,
  parseRevocationMessage,
  type RevocationMessage,
  revocationMessageSchema,
  toRevocationMessage,
} from './feed-message.ts';
export { revocationFeedMax, revocationKeys } from './redis-keys.ts';
export {
  type ClientRevocation,
  parseRevocationEntry,
  type Revocation,
  type RevocationEntry,
  revocationLifeSecondsMax,
  revokeClient,
  revokeToken,
  type TokenRevocation,
  toRevocationEntry,
} from './revocation.ts';
