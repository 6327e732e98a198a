export {
  canonicalHost,
  type DomainPattern,
  domainPatternSchema,
  matchesDomain,
  parseDomainPattern,
} from './domain-pattern.ts';
