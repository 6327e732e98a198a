export { type ConnectedRedis, connectTestRedis } from './connect-test-redis.ts';
export { issuerKeysOf } from './issuer-keys.ts';
export { generateProofKey, type ProofChange, type ProofKey, type ProofRequest } from './proof-key.ts';
export { createSeverableLink, type SeverableLink } from './severable-link.ts';
export { createTestMesh } from './test-mesh.ts';
export { createTestDatabase, createTestPool, type TestDatabase, testRedisUrl } from './test-parts.ts';
export { createTestRedis, type TestRedis } from './test-redis.ts';
export { untilRevocationsAreRead, writeRevocation, writeRevocationList } from './test-revocations.ts';
export { untilRedisAnswers } from './until-redis-answers.ts';
