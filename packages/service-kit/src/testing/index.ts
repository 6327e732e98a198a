export { createTestMesh } from './test-mesh.ts';
export { createTestDatabase, type TestDatabase, testRedisUrl } from './test-parts.ts';
