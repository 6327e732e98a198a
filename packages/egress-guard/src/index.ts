export { isPublicAddress } from './address.ts';
export { ForbiddenTargetError, type ForbiddenTargetReason } from './forbidden-target-error.ts';
export {
  createEgressGuard,
  type EgressGuard,
  type EgressGuardOptions,
  type EgressRequestOptions,
} from './guard.ts';
export { type HostOverride, isHostPort, parseHostPort } from './host-exceptions.ts';
export {
  createDnsResolver,
  createWebResolver,
  type ResolvedAddress,
  type Resolver,
  systemResolver,
  type WebResolverOptions,
} from './resolver.ts';
