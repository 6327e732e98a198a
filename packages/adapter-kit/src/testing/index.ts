export { type ConformanceOptions, testConformance } from './conformance.ts';
export { type CredentialConformanceOptions, testCredential } from './credential-conformance.ts';
export { documentedProvider } from './documented-provider.ts';
export { type AdapterAnswer, startTestAdapter, type TestAdapter } from './test-adapter.ts';
export {
  type ProviderRequestSeen,
  type ProviderScript,
  startTestProvider,
  type TestProvider,
} from './test-provider.ts';
export { startTestVault, type TestVault } from './test-vault.ts';
