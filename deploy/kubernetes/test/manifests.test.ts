import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { prometheusRulesFile, renderPrometheusRules } from '../src/prometheus-rules.ts';
import { arrowsOf } from './arrows.ts';
import { build, type Manifest, overlayOf, readFiles, repository, withKustomize } from './manifests.ts';

/** Every service of the repository, by the name that it has in a mesh. */
const services = globSync(['services/*/src/main.ts', 'services/tool-adapters/*/src/main.ts'], {
  cwd: repository,
})
  .map((file) => path.dirname(path.dirname(file)))
  .map((folder) => ({
    folder,
    name: folder.replace('services/tool-adapters/', 'adapter-').replace('services/', ''),
  }))
  .filter(({ name }) => name !== 'provider-simulator');
const parts = ['edge', ...services.map(({ name }) => name)];

/** Rows of the settings table in a service's README: those that a service cannot start without. */
function requiredSettings(folder: string): readonly string[] {
  const readme = readFileSync(path.join(repository, folder, 'README.md'), 'utf8');
  return [...readme.matchAll(/^\| `(\w+)` \| required \|/gm)].map(([, name]) => String(name));
}

/** Whether a service is an adapter that the vault has a credential for. */
function hasCredential(folder: string): boolean {
  const declaration = path.join(repository, folder, 'adapter.json');
  return existsSync(declaration) && JSON.parse(readFileSync(declaration, 'utf8')).credential;
}

/** What the pods of an overlay are told. */
function publicUrlIn(manifests: readonly Manifest[]): string | undefined {
  const told = manifests.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && /^gateway-/.test(metadata.name),
  );
  return (told as { data?: Record<string, string> } | undefined)?.data?.PUBLIC_URL;
}

describe('the network', () => {
  const { agreed, half } = arrowsOf(readFiles('base/network/network-policies.yaml'), parts);
  const credentialed = services.filter(({ folder }) => hasCredential(folder)).map(({ name }) => name);
  const adapters = parts.filter((part) => part.startsWith('adapter-'));

  it('has the arrows of the house, and no other', () => {
    const arrows = [
      'anybody -> edge',
      ...['auth-service', 'policy-service', 'proxy-service'].map((service) => `edge -> ${service}`),
      'proxy-service -> auth-service',
      'proxy-service -> policy-service',
      'policy-service -> auth-service',
      ...adapters.map((adapter) => `proxy-service -> ${adapter}`),
      ...credentialed.map((adapter) => `${adapter} -> auth-service`),
      ...adapters.map((adapter) => `${adapter} -> the Internet`),
      ...parts.map((part) => `${part} -> kube-system`),
      ...parts.filter((part) => part !== 'edge').map((part) => `${part} -> observability`),
      ...parts.map((part) => `observability -> ${part}`),
    ];
    assert.deepEqual(agreed, arrows.sort());
  });

  it('has no rule of one side alone', () => {
    assert.deepEqual(half, []);
  });
});

describe('the mesh on Kubernetes', () => {
  for (const overlay of ['overlays/production', 'overlays/local']) {
    describe(overlay, withKustomize, () => {
      const manifests = withKustomize.skip ? [] : build(overlay);
      const find = (kind: string, name: string) =>
        manifests.find((each) => each.kind === kind && each.metadata.name === name);
      const container = (name: string) => find('Deployment', name)?.spec.template.spec.containers[0];

      it('has every service, and whatever belongs to one', () => {
        const kinds = [
          'Deployment',
          'Service',
          'ServiceAccount',
          'PodDisruptionBudget',
          'HorizontalPodAutoscaler',
          'NetworkPolicy',
        ];
        for (const part of parts) {
          for (const kind of kinds) assert.ok(find(kind, part), `${kind} of ${part}`);
          assert.equal(find('Deployment', part)?.spec.template.spec.serviceAccountName, part);
          assert.equal(find('HorizontalPodAutoscaler', part)?.spec.scaleTargetRef.name, part);
        }
      });

      it('tells every service what it cannot start without', () => {
        const told = manifests.find(({ kind }) => kind === 'ConfigMap') as unknown as {
          data: Record<string, string>;
        };
        for (const { name, folder } of services) {
          const names = new Set([
            ...Object.keys(told.data),
            ...container(name).env.map((each: { name: string }) => each.name),
          ]);
          for (const setting of requiredSettings(folder))
            assert.ok(names.has(setting) || names.has(`${setting}_FILE`), `${setting} of ${name}`);
        }
      });

      it('gives each service its own secrets alone', () => {
        for (const { name } of services) {
          const { volumes } = find('Deployment', name)?.spec.template.spec ?? {};
          const secrets = volumes.flatMap((each: { secret?: { secretName: string } }) =>
            each.secret === undefined ? [] : [each.secret.secretName],
          );
          assert.deepEqual(secrets, [name]);
        }
      });

      it('runs nothing as root, with privileges, or with a root file system that can be written', () => {
        for (const { kind, metadata, spec } of manifests) {
          if (kind !== 'Deployment' && kind !== 'StatefulSet') continue;
          const pod = spec.template.spec;
          assert.equal(pod.securityContext.runAsNonRoot, true, metadata.name);
          assert.equal(pod.automountServiceAccountToken, false, metadata.name);
          for (const { securityContext } of [...pod.containers, ...(pod.initContainers ?? [])])
            assert.partialDeepStrictEqual(
              securityContext,
              {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              metadata.name,
            );
        }
      });

      it('gives a pod more time to end than its service takes', () => {
        for (const { name } of services) {
          const pod = find('Deployment', name)?.spec.template.spec;
          const { env, lifecycle } = pod.containers[0];
          const grace = env.find((each: { name: string }) => each.name === 'SHUTDOWN_GRACE_MS').value / 1_000;
          const pause = Number(lifecycle.preStop.exec.command[1]);
          assert.ok(pod.terminationGracePeriodSeconds >= pause + grace + 10, name);
        }
      });
    });
  }

  it(
    'has policy-service read the audit trail from a replica, by an overlay with that component',
    withKustomize,
    () => {
      using overlay = overlayOf('overlays/production', 'components/audit-replica');
      const { spec } = build(overlay.path).find(
        ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'policy-service',
      ) as Manifest;
      assert.deepEqual(
        spec.template.spec.containers[0].env.find((each: { name: string }) => /^AUDIT_READ/.test(each.name)),
        { name: 'AUDIT_READ_DATABASE_URL_FILE', value: '/run/gateway/AUDIT_READ_DATABASE_URL' },
      );
    },
  );

  it('migrates the schema of each service that has one, as that service, and no Service finds the pod', () => {
    const jobs = readFiles('migrations/jobs.yaml');
    const withSchema = services.filter(({ folder }) =>
      existsSync(path.join(repository, folder, 'src/migrate.ts')),
    );
    assert.deepEqual(
      jobs.map(({ metadata }) => metadata.name),
      withSchema.map(({ name }) => `migrate-${name}`).sort(),
    );
    for (const { metadata, spec } of jobs) {
      const service = metadata.name.replace('migrate-', '');
      const { metadata: pod, spec: runs } = spec.template;
      assert.equal(pod.labels['app.kubernetes.io/name'], metadata.name);
      assert.equal(runs.serviceAccountName, service);
      assert.equal(runs.securityContext.runAsNonRoot, true);
      assert.equal(runs.volumes[0].secret.secretName, service);
      assert.equal(runs.containers[0].image, `4runr/${service}`);
      assert.deepEqual(runs.containers[0].command, ['node', 'src/migrate.ts']);
    }
  });

  it('applies policies to the edge by the name that the mesh has for it', withKustomize, () => {
    for (const overlay of ['overlays/production', 'overlays/local']) {
      const [ofJob, ofMesh] = [`${overlay}/policies`, overlay].map((each) => publicUrlIn(build(each)));
      assert.match(String(ofJob), /^https:/);
      assert.equal(ofJob, ofMesh);
    }
  });

  it('applies every policy file by a pod that reaches the edge alone', withKustomize, () => {
    const manifests = build('overlays/production/policies');
    const find = (kind: string, name: RegExp) =>
      manifests.find((each) => each.kind === kind && name.test(each.metadata.name));
    const policies = find('ConfigMap', /^policies-/) as unknown as { data: Record<string, string> };
    const files = globSync('deploy/policies/*.yaml', { cwd: repository }).map((file) => path.basename(file));
    assert.deepEqual([...Object.keys(policies.data), 'kustomization.yaml'].sort(), files.sort());
    const { metadata, spec: pod } = find('Job', /./)?.spec.template ?? {};
    const { podSelector, policyTypes, ingress, egress } = find('NetworkPolicy', /./)?.spec ?? {};
    assert.partialDeepStrictEqual(metadata.labels, podSelector.matchLabels);
    assert.deepEqual([policyTypes, ingress], [['Ingress', 'Egress'], undefined]);
    assert.deepEqual(
      egress.flatMap(({ to }: { to: readonly { podSelector: object }[] }) => to),
      [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'edge' } } }],
    );
    assert.equal(pod.securityContext.runAsNonRoot, true);
    const mounted = pod.volumes.map(
      (each: { configMap?: { name: string }; secret?: { secretName: string } }) =>
        each.configMap?.name.replace(/-\w+$/, '') ?? each.secret?.secretName,
    );
    assert.deepEqual(mounted, ['policies', 'policies', undefined]);
  });

  it('has the rules of deploy/prometheus', () => {
    assert.ok(existsSync(prometheusRulesFile));
    assert.equal(readFileSync(prometheusRulesFile, 'utf8'), renderPrometheusRules());
  });
});
