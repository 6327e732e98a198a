export { type Canary, type CanaryOptions, startCanary } from './canary.ts';
export { type NameServer, startNameServer, type Zone } from './name-server.ts';
export { createTestAuthority, type TestAuthority } from './test-authority.ts';
