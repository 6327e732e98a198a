import type { Params } from '@4runr/contracts/call';
import type { Facts } from '@4runr/contracts/decision';
import { type FactKind, factAnnotation, factKinds, type JsonSchema } from '@4runr/contracts/manifest';

type Collected = Record<FactKind, Set<string>>;
type Collect = (value: unknown, into: Collected) => void;

/**
 * Compiles the fact annotations of a schema. Every string at or below an annotated place is a fact of that kind.
 *
 * @throws Error when an annotation names no known kind, or stands where this walk does not come by: a guard that looks at
 * a fact nobody extracts would let everything pass
 */
export function compileFacts(schema: JsonSchema): (params: Params) => Facts {
  const reached = { count: 0 };
  const collect = compileNode(schema, reached);
  const annotated = countAnnotations(schema);
  if (reached.count !== annotated) {
    throw new Error(
      `${annotated - reached.count} fact annotation(s) stand below keywords that are not supported there`,
    );
  }
  return (params) => {
    const into: Collected = { url: new Set(), model: new Set(), recipient: new Set() };
    collect?.(params, into);
    return { url: [...into.url], model: [...into.model], recipient: [...into.recipient] };
  };
}

/** What collects the facts at and below a schema; `undefined` where there are none. */
function compileNode(schema: unknown, reached: { count: number }): Collect | undefined {
  if (!isObject(schema)) return undefined;
  const collectors = [
    compileAnnotation(schema, reached),
    compileProperties(schema.properties, reached),
    compileItems(schema.items, reached),
    ...['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => compileBranches(schema[keyword], reached)),
  ].filter((collector) => collector !== undefined);
  if (collectors.length === 0) return undefined;
  return (value, into) => {
    for (const collector of collectors) collector(value, into);
  };
}

function compileAnnotation(schema: JsonSchema, reached: { count: number }): Collect | undefined {
  const kind = schema[factAnnotation];
  if (kind === undefined) return undefined;
  if (!isFactKind(kind)) throw new Error(`${String(kind)} is no kind of fact: ${factKinds.join(', ')}`);
  reached.count += 1;
  return (value, into) => collectStrings(value, into[kind]);
}

function compileProperties(properties: unknown, reached: { count: number }): Collect | undefined {
  if (!isObject(properties)) return undefined;
  const members = Object.entries(properties).flatMap(([name, schema]) => {
    const collect = compileNode(schema, reached);
    return collect === undefined ? [] : [{ name, collect }];
  });
  if (members.length === 0) return undefined;
  return (value, into) => {
    if (!isObject(value)) return;
    for (const { name, collect } of members) if (Object.hasOwn(value, name)) collect(value[name], into);
  };
}

function compileItems(items: unknown, reached: { count: number }): Collect | undefined {
  const collect = compileNode(items, reached);
  if (collect === undefined) return undefined;
  return (value, into) => {
    if (Array.isArray(value)) for (const item of value) collect(item, into);
  };
}

function compileBranches(branches: unknown, reached: { count: number }): (Collect | undefined)[] {
  return Array.isArray(branches) ? branches.map((branch) => compileNode(branch, reached)) : [];
}

function collectStrings(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') into.add(value);
  else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) collectStrings(member, into);
  }
}

function countAnnotations(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = !Array.isArray(value) && Object.hasOwn(value, factAnnotation) ? 1 : 0;
  return Object.values(value).reduce<number>((sum, member) => sum + countAnnotations(member), own);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFactKind(value: unknown): value is FactKind {
  return (factKinds as readonly unknown[]).includes(value);
}
