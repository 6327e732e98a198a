export {
  createEdgeClient,
  type EdgeAnswer,
  type EdgeClient,
  type EdgeRequest,
} from './clients/edge-client.ts';
export { agentNames } from './clients/enrol-agents.ts';
export {
  type ClientCredentials,
  requestToken,
  signAssertion,
  TokenRefusedError,
} from './clients/request-token.ts';
export { sessionVariables } from './clients/session-variables.ts';
export { PartUnavailableError } from './parts/index.ts';
export { deriveSecret, loadRootSecret } from './secrets/root-secret.ts';
export { type AdapterDeclaration, fillSimulatorTemplate } from './services/adapter-declaration.ts';
export { adapterFolderName, readAdapterDeclarations } from './services/read-adapter-declarations.ts';
export { readServiceSettings } from './services/service-settings.ts';
export type { Span } from './spans/span.ts';
export { readTrace } from './spans/span-store.ts';
export type { StackEvent } from './stack/stack-event.ts';
export { type AgentName, readStackFile, type StackFile, stackFileSchema } from './stack/stack-file.ts';
export { type StackFolder, stackFolder } from './stack/stack-folder.ts';
export { StackTakenError } from './stack/stack-lock.ts';
export { type Stack, type StackOptions, startStack } from './stack/start-stack.ts';
