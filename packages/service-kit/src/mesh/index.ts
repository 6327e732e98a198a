export { createMeshKeyring, deriveMeshKey, type MeshKeyring } from './mesh-keys.ts';
export { createMeshTokenSource, type MeshTokenSource, verifyMeshToken } from './mesh-token.ts';
export { hashParams, type PermitGrant, type PermitSubject, signPermit, verifyPermit } from './permit.ts';
export { requireMeshToken } from './require-mesh-token.ts';
