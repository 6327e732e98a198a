export { createMeshKeyring, deriveMeshKey, type MeshKeyring } from './mesh-keys.ts';
export {
  createMeshCallerVerifier,
  createMeshTokenSource,
  type MeshCaller,
  type MeshCallerVerifier,
  type MeshTokenSource,
  verifyMeshToken,
} from './mesh-token.ts';
export { hashParams, type PermitGrant, type PermitSubject, signPermit, verifyPermit } from './permit.ts';
export { meshCallerOf, requireMeshToken } from './require-mesh-token.ts';
export { openForPair, SealedMessageError, type SealingPair, sealForPair } from './sealed-message.ts';
