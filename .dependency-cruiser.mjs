/** Boundaries between the parts (README "How it is built"). Each rule says why it stands. */

const ours = '^(packages|services|deploy|e2e|load-tests|scripts)/';
const tests = '(\\.test\\.ts$|/test/|/testing/|\\.test-d\\.ts$)';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that need each other cannot be understood, tested or moved one at a time.',
      severity: 'error',
      from: { path: ours },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-service-imports-another',
      comment:
        'Services are deployed and scaled one by one: they meet on the wire, by contracts, or not at all.',
      severity: 'error',
      from: { path: '^services/(tool-adapters/[^/]+|[^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'contracts-import-nothing-of-ours',
      comment:
        'Contracts are what both sides of a border share: whatever they imported would be shared as well.',
      severity: 'error',
      from: { path: '^packages/contracts/' },
      to: { path: '^(packages/(?!contracts/)|services|e2e)' },
    },
    {
      name: 'policy-engine-does-no-io',
      comment: 'Decisions are a pure function of policies, call and clock, so that they can be replayed.',
      severity: 'error',
      from: { path: '^packages/(policy-engine|pii-detection)/src/', pathNot: tests },
      to: {
        dependencyTypes: ['core'],
        path: '^(fs|net|http|https|http2|dns|tls|dgram|child_process|worker_threads|cluster)',
      },
    },
    {
      name: 'policy-engine-knows-no-more-than-contracts',
      comment: 'The engine and the detectors that it asks know no service, no transport and no store.',
      severity: 'error',
      from: { path: '^packages/(policy-engine|pii-detection)/src/', pathNot: tests },
      to: { path: '^(packages/(?!policy-engine/|pii-detection/|contracts/)|services)' },
    },
    {
      name: 'domain-does-no-io',
      comment: 'Rules of a service are tested without a network, a disk or a database.',
      severity: 'error',
      from: { path: '^services/.+/src/domain/', pathNot: tests },
      to: {
        path: '^(fs|net|http|https|http2|dns|tls|dgram|child_process|worker_threads|cluster)(/|$)|node_modules/(express|kysely|pg|undici|@redis)/',
      },
    },
    {
      name: 'domain-knows-no-transport-or-store',
      comment: 'Dependencies point inwards: http and store know the domain, never the other way round.',
      severity: 'error',
      from: { path: '^services/(.+)/src/domain/', pathNot: tests },
      to: { path: '^services/$1/src/(http|store|pipeline|mesh|client|compose|main)' },
    },
    {
      name: 'packages-import-no-service',
      comment:
        'A package is used by services. The one exception is the list of hosts that the simulator declares.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/', pathNot: '^services/provider-simulator/src/hosts\\.ts$' },
    },
    {
      name: 'service-kit-knows-contracts-alone',
      comment: 'The kit is below every service and every other package.',
      severity: 'error',
      from: { path: '^packages/service-kit/' },
      to: { path: '^packages/(?!service-kit/|contracts/)' },
    },
    {
      name: 'egress-guard-stands-alone',
      comment: 'What keeps the private network safe is small enough to be read at once.',
      severity: 'error',
      from: { path: '^packages/egress-guard/src/', pathNot: tests },
      to: { path: '^(packages/(?!egress-guard/|contracts/)|services)' },
    },
    {
      name: 'decision-ledger-knows-contracts-alone',
      comment: 'What two services write together is in one package, and nothing of either is in it.',
      severity: 'error',
      from: { path: '^packages/decision-ledger/src/', pathNot: tests },
      to: { path: '^(packages/(?!decision-ledger/|contracts/)|services)' },
    },
    {
      name: 'no-test-code-in-production',
      comment: 'What runs in production must not need what only tests need.',
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'no-development-dependencies-in-production',
      comment: 'Images and `npm start` install no development dependencies.',
      severity: 'error',
      from: { path: '^(packages|services)/.+/src/', pathNot: tests },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    {
      name: 'declared-dependencies-only',
      comment: 'What a package imports stands in its package.json, or it works by accident.',
      severity: 'error',
      from: { path: ours },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'], pathNot: '^(node:|k6(/|$))' },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads to a file, but for the modules that k6 brings itself.',
      severity: 'error',
      from: { path: ours },
      to: { couldNotResolve: true, pathNot: '^k6(/|$)' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(\\.local|\\.turbo|\\.generated|dist)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
