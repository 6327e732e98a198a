import { text } from 'node:stream/consumers';
import { parseAllDocuments } from 'yaml';

interface Workload {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: {
    readonly template?: {
      readonly metadata?: object;
      readonly spec: { readonly volumes?: readonly object[] };
    };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

/** Pods as the controllers would make them of the workloads at standard input: what admission says of those is said of nothing else. */
const workloads = parseAllDocuments(await text(process.stdin)).map((each) => each.toJS() as Workload);
process.stdout.write(
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items: workloads.flatMap((workload) => podOf(workload)) }),
);

function podOf({ metadata: { name, namespace }, spec = {} }: Workload): readonly object[] {
  if (spec.template === undefined) return [];
  const claimed = (spec.volumeClaimTemplates ?? []).map(({ metadata }) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: `${metadata.name}-${name}-0` },
  }));
  return [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...spec.template.metadata, name, namespace },
      spec: { ...spec.template.spec, volumes: [...(spec.template.spec.volumes ?? []), ...claimed] },
    },
  ];
}
