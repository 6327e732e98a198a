import { type FactKind, factAnnotation, factKinds, type JsonSchema } from '@4runr/contracts/manifest';
import { isObject } from './json-object.ts';
import { resolveFragment } from './json-pointer.ts';

export type CollectedFacts = Readonly<Record<FactKind, Set<string>>>;
/** Adds the facts at and below a value. */
export type Collect = (value: unknown, into: CollectedFacts) => void;

/** Schemas being compiled for one and the same value. */
type Chain = ReadonlySet<object>;

/** What can lead to a fact in a way that is not followed. */
const unsupported = ['$dynamicRef', '$recursiveRef', 'contentSchema'];

/**
 * Compiles schemas (JSON Schema 2020-12, as ajv reads it) into collectors of facts. Where it is not known which of several
 * schemas a value fits, all count: a fact too many may deny a call, a fact too few would let one pass.
 */
export class FactCollectors {
  /** The annotated schemas that a value can lead to. */
  readonly reached = new Set<object>();
  readonly #root: JsonSchema;
  readonly #compiled = new Map<object, { collect?: Collect | undefined }>();

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  /** What collects the facts at and below a value that the schema is about; `undefined` where there are none. */
  at(schema: unknown, chain: Chain = new Set()): Collect | undefined {
    if (!isObject(schema)) return undefined;
    if (chain.has(schema)) throw new Error('a schema refers to itself without end');
    const known = this.#compiled.get(schema);
    if (known !== undefined) return 'collect' in known ? known.collect : (...at) => known.collect?.(...at);
    const entry: { collect?: Collect | undefined } = {};
    this.#compiled.set(schema, entry);
    this.#refuseUnsupported(schema);
    const here = new Set([...chain, schema]);
    entry.collect = all([
      this.#annotation(schema),
      ...this.#sameValue(schema).map((applied) => this.at(applied, here)),
      this.#members(schema),
      this.#names(schema),
      this.#items(schema),
    ]);
    return entry.collect;
  }

  #refuseUnsupported(schema: JsonSchema): void {
    const found = unsupported.find((keyword) => Object.hasOwn(schema, keyword));
    if (found !== undefined) throw new Error(`${found} is not supported in a schema of parameters`);
    if (schema !== this.#root && typeof schema.$id === 'string') {
      throw new Error('$id is not supported below the root of a schema of parameters');
    }
  }

  #annotation(schema: JsonSchema): Collect | undefined {
    if (!Object.hasOwn(schema, factAnnotation)) return undefined;
    const kind = schema[factAnnotation];
    if (!isFactKind(kind)) throw new Error(`${String(kind)} is no kind of fact: ${factKinds.join(', ')}`);
    if (!isOfStrings(schema)) throw new Error(`a fact has to stand beside "type": "string" (${kind})`);
    this.reached.add(schema);
    return (value, into) => {
      if (typeof value === 'string') into[kind].add(value);
    };
  }

  /** The schemas that are, or may be, about the same value. */
  #sameValue(schema: JsonSchema): unknown[] {
    const { allOf, anyOf, oneOf, dependentSchemas, dependencies } = schema;
    return [
      ...[allOf, anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list : [])),
      ...[dependentSchemas, dependencies].flatMap((map) => (isObject(map) ? Object.values(map) : [])),
      ...[schema.if, schema.then, schema.else, schema.not],
      this.#referred(schema.$ref),
    ];
  }

  #referred(reference: unknown): unknown {
    if (reference === undefined) return undefined;
    const isLocal = typeof reference === 'string' && /^#(\/|$)/.test(reference);
    const target = isLocal ? resolveFragment(this.#root, reference) : undefined;
    if (target === undefined) throw new Error(`$ref ${String(reference)} does not lead into the schema`);
    return target;
  }

  #members(schema: JsonSchema): Collect | undefined {
    const named = entriesOf(schema.properties).map(([name, below]) => ({ name, collect: this.at(below) }));
    const patterned = entriesOf(schema.patternProperties).map(([pattern, below]) => ({
      pattern: new RegExp(pattern, 'u'),
      collect: this.at(below),
    }));
    const others = all([this.at(schema.additionalProperties), this.at(schema.unevaluatedProperties)]);
    if (![...named, ...patterned, { collect: others }].some(({ collect }) => collect !== undefined)) return;
    const byName = new Map(named.map(({ name, collect }) => [name, collect]));
    return (value, into) => {
      if (!isObject(value)) return;
      for (const [name, member] of Object.entries(value)) {
        const matching = patterned.filter(({ pattern }) => pattern.test(name));
        byName.get(name)?.(member, into);
        for (const { collect } of matching) collect?.(member, into);
        if (!byName.has(name) && matching.length === 0) others?.(member, into);
      }
    };
  }

  #names(schema: JsonSchema): Collect | undefined {
    const collect = this.at(schema.propertyNames);
    return (
      collect &&
      ((value, into) => {
        if (isObject(value)) for (const name of Object.keys(value)) collect(name, into);
      })
    );
  }

  #items(schema: JsonSchema): Collect | undefined {
    const { prefixItems } = schema;
    const first = Array.isArray(prefixItems) ? prefixItems.map((item) => this.at(item)) : [];
    const rest = all([this.at(schema.items), this.at(schema.unevaluatedItems)]);
    const any = this.at(schema.contains);
    if (![...first, rest, any].some((collect) => collect !== undefined)) return;
    return (value, into) => {
      if (!Array.isArray(value)) return;
      for (const [index, item] of value.entries()) {
        const own = index < first.length ? first[index] : rest;
        own?.(item, into);
        any?.(item, into);
      }
    };
  }
}

/** One collector for several; `undefined` for none. */
function all(collectors: readonly (Collect | undefined)[]): Collect | undefined {
  const some = collectors.filter((collect) => collect !== undefined);
  if (some.length <= 1) return some[0];
  return (value, into) => {
    for (const collect of some) collect(value, into);
  };
}

function entriesOf(map: unknown): [string, unknown][] {
  return isObject(map) ? Object.entries(map) : [];
}

function isFactKind(value: unknown): value is FactKind {
  return (factKinds as readonly unknown[]).includes(value);
}

/** Whether a schema admits strings, or strings and null, and nothing else. */
function isOfStrings({ type }: JsonSchema): boolean {
  const types = Array.isArray(type) ? type : [type];
  return types.includes('string') && types.every((each) => each === 'string' || each === 'null');
}
