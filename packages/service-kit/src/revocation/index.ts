export { revocationCheck, revocationCheckName } from './revocation-check.ts';
export { createRevocationFeed, type RevocationFeedOptions, type Revocations } from './revocation-feed.ts';
