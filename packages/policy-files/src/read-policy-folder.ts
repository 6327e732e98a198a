import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from '@4runr/contracts/policy';
import { writablePolicySchema } from '@4runr/policy-engine';
import { type Document, parseAllDocuments } from 'yaml';
import { describeFailure } from './describe-failure.ts';

/** What hands a folder's files to Kubernetes, and is none of them. */
const kustomizationFile = 'kustomization.yaml';

/** A policy, and the file that it stands in. */
export interface PolicyFile {
  /** Name of the file within its folder. */
  readonly file: string;
  readonly policy: Policy;
}

/** Files that cannot be applied; the message names every fault, a line each. */
export class InvalidPolicyFilesError extends Error {
  override readonly name = 'InvalidPolicyFilesError';

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/**
 * The policies of a folder's `*.yaml` and `*.yml`, by name. A file may hold several, with `---` between them; other files,
 * `kustomization.yaml` and folders are left alone.
 *
 * @throws InvalidPolicyFilesError for a folder that cannot be read or holds no policy, for a file that is no YAML or no policy,
 * and for a name that is there twice
 */
export function readPolicyFolder(folder: string): readonly PolicyFile[] {
  const readings = listFiles(folder).map((file) => readPolicyFile(folder, file));
  const policies = readings.flatMap(({ found }) => found);
  const faults = [...readings.flatMap((reading) => reading.faults), ...findRepeatedNames(policies)];
  if (faults.length > 0) throw new InvalidPolicyFilesError(faults);
  // Taken for none at all, a folder that was named by mistake would have every policy deleted (--prune).
  if (policies.length === 0)
    throw new InvalidPolicyFilesError([`${folder}: no policy is in it (*.yaml, *.yml)`]);
  return policies.toSorted((a, b) => (a.policy.name < b.policy.name ? -1 : 1));
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name))
      .map(({ name }) => name)
      .filter((name) => name !== kustomizationFile)
      .sort();
  } catch (error) {
    throw new InvalidPolicyFilesError([`The folder of policies cannot be read: ${describeFailure(error)}`]);
  }
}

interface Reading {
  readonly found: readonly PolicyFile[];
  readonly faults: readonly string[];
}

function readPolicyFile(folder: string, file: string): Reading {
  try {
    const bytes = readFileSync(join(folder, file));
    return readDocuments(file, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return { found: [], faults: [`${file}: cannot be read: ${describeFailure(error)}`] };
  }
}

function readDocuments(file: string, text: string): Reading {
  const documents = [...parseAllDocuments(text)];
  const broken = documents.flatMap(({ errors }) => errors);
  if (broken.length > 0)
    return { found: [], faults: broken.map(({ message }) => `${file}: is no YAML: ${message}`) };
  const readings = documents.map((document) => readPolicy(file, document));
  return {
    found: readings.flatMap(({ found }) => found),
    faults: readings.flatMap(({ faults }) => faults),
  };
}

/** A document without content is none, as comments before the first `---` leave one. */
function readPolicy(file: string, document: Document.Parsed): Reading {
  const content = toContent(document);
  if (content === null) return { found: [], faults: [] };
  if (content instanceof Error) return { found: [], faults: [`${file}: ${content.message}`] };
  if (typeof content !== 'object')
    return { found: [], faults: [`${file}: is no policy, but a single value`] };
  const parsed = writablePolicySchema.safeParse(content);
  if (parsed.success) return { found: [{ file, policy: parsed.data }], faults: [] };
  return { found: [], faults: parsed.error.issues.map((issue) => `${file}: ${describeIssue(issue)}`) };
}

/** Aliases that would grow beyond all measure when they are filled in are an error. */
function toContent(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return error;
  }
}

function describeIssue({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  return `${path.length === 0 ? '' : `/${path.map(String).join('/')}: `}${message}`;
}

function findRepeatedNames(policies: readonly PolicyFile[]): readonly string[] {
  const files = Map.groupBy(policies, ({ policy }) => policy.name);
  return [...files]
    .filter(([, places]) => places.length > 1)
    .map(([name, places]) => `${name} stands in ${places.map(({ file }) => file).join(' and in ')}`);
}
