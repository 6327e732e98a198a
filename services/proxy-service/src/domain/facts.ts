import type { Params } from '@4runr/contracts/call';
import type { Facts } from '@4runr/contracts/decision';
import { factAnnotation, type JsonSchema } from '@4runr/contracts/manifest';
import { FactCollectors } from './fact-collectors.ts';
import { isObject } from './json-object.ts';

/**
 * Compiles the fact annotations of a schema into what picks the facts out of parameters that fit it: every value that
 * may stand at an annotated place, once. Branches of the schema are taken all, whichever the parameters fit.
 *
 * @throws Error when a value at an annotated place could be missed, because a guard that looks at a fact nobody extracts
 * lets everything pass: the annotation names no known kind, stands at what may be more than a string, or where no value
 * of the parameters leads to it
 */
export function compileFacts(schema: JsonSchema): (params: Params) => Facts {
  const collectors = new FactCollectors(schema);
  const collect = collectors.at(schema);
  const missed = annotatedIn(schema).filter((place) => !collectors.reached.has(place));
  if (missed.length > 0) {
    throw new Error(`${missed.length} fact annotation(s) stand where no parameter leads to them`);
  }
  return (params) => {
    const found = { url: new Set<string>(), model: new Set<string>(), recipient: new Set<string>() };
    collect?.(params, found);
    return { url: [...found.url], model: [...found.model], recipient: [...found.recipient] };
  };
}

/** Everything in a schema that carries an annotation, wherever it stands. */
function annotatedIn(value: unknown): object[] {
  if (Array.isArray(value)) return value.flatMap(annotatedIn);
  if (!isObject(value)) return [];
  const below = Object.values(value).flatMap(annotatedIn);
  return Object.hasOwn(value, factAnnotation) ? [value, ...below] : below;
}
