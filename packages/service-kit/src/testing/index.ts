export { createSeverableLink, type SeverableLink } from './severable-link.ts';
export { createTestMesh } from './test-mesh.ts';
export { createTestDatabase, type TestDatabase, testRedisUrl } from './test-parts.ts';
