export { createRevocationFeed, type RevocationFeedOptions, type Revocations } from './revocation-feed.ts';
