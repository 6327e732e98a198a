/** What every installer of the mesh does in the same way, wherever the services run. */

export { renderExports } from './cli/shell-exports.ts';
export { demonstrate } from './clients/demonstrate.ts';
export { createEdgeClient, type EdgeClient } from './clients/edge-client.ts';
export { type EdgeTrust, trustIn } from './clients/edge-trust.ts';
export { agentNames, enrolAgents } from './clients/enrol-agents.ts';
export { requestToken } from './clients/request-token.ts';
export { sessionTokens } from './clients/session-variables.ts';
export { openPasswordStore, type PasswordStore } from './parts/postgres/password-store.ts';
export { ensureServiceRole } from './parts/postgres/service-role.ts';
export { untilSucceeds } from './process/index.ts';
export { readMeshGeneration, rotateMeshKeys } from './secrets/mesh-generation.ts';
export { meshSecrets } from './secrets/mesh-secrets.ts';
export { loadRootSecret } from './secrets/root-secret.ts';
export { ensureSigningKey, publicJwks } from './secrets/signing-key.ts';
export { meshKeysOf } from './services/mesh-pairs.ts';
export { adapterDeclarations } from './services/read-adapter-declarations.ts';
export { type MeshView, type ServiceDefinition, serviceDefinitions } from './services/service-definitions.ts';
export { databaseName, operatorClientId } from './stack/names.ts';
export { createAuthority, createLeaf } from './tls/certificate.ts';
export { type CertificateFiles, ensureStackTls } from './tls/stack-tls.ts';
