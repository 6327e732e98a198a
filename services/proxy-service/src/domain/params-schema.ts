import type { JsonSchema } from '@4runr/contracts/manifest';
import { factAnnotation } from '@4runr/contracts/manifest';
import type { ParamsError } from '@4runr/contracts/problem';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Bodies up to this size are searched for all of their faults; larger ones only for the first, to bound the work. */
const thoroughBytesMax = 32_768;
const faultsMax = 20;

/** Finds what is wrong with a body against an action's schema, as JSON Pointers (RFC 6901). */
export type ParamsCheck = (body: unknown, bodyBytes: number) => readonly ParamsError[];

/** @throws Error when the schema itself is not valid */
export function compileParamsSchema(schema: JsonSchema): ParamsCheck {
  const quick = createAjv(false).compile(schema);
  const thorough = createAjv(true).compile(schema);
  return (body, bodyBytes) => {
    if (quick(body)) return [];
    return describeFaults(bodyBytes <= thoroughBytesMax ? thorough : quick, body);
  };
}

function createAjv(allErrors: boolean): Ajv2020 {
  const ajv = new Ajv2020({ allErrors, strict: true, strictRequired: false, allowUnionTypes: true });
  addFormats.default(ajv);
  ajv.addKeyword({ keyword: factAnnotation, schemaType: 'string' });
  return ajv;
}

function describeFaults(validate: ValidateFunction, body: unknown): ParamsError[] {
  validate(body);
  return (validate.errors ?? []).slice(0, faultsMax).map(describeFault);
}

function describeFault(error: ErrorObject): ParamsError {
  const { missingProperty, additionalProperty, unevaluatedProperty } = error.params as Record<
    string,
    unknown
  >;
  const member = missingProperty ?? additionalProperty ?? unevaluatedProperty;
  const pointer =
    typeof member === 'string' ? `${error.instancePath}/${escapeToken(member)}` : error.instancePath;
  return { pointer, detail: detailOf(error) };
}

function detailOf(error: ErrorObject): string {
  if (error.keyword === 'required') return 'is required';
  if (error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties')
    return 'is not known';
  return error.message ?? `does not fit ${error.keyword}`;
}

function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
