import { factAnnotation, type JsonSchema } from '@4runr/contracts/manifest';
import type { ParamsError } from '@4runr/contracts/problem';
import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { escapeToken } from './json-pointer.ts';

/** Bodies up to this size are searched for all of their faults; larger ones only for the first, to bound the work. */
const thoroughBytesMax = 32_768;
const faultsMax = 20;

/** Longest pointer that is told; a longer one, of a name that the client made up, becomes that of the whole document. */
const pointerLengthMax = 512;

/** Finds what is wrong with a body against an action's schema, as JSON Pointers (RFC 6901). */
export type ParamsCheck = (body: unknown, bodyBytes: number) => readonly ParamsError[];

/**
 * What searches for all faults is compiled when a body has the first one.
 *
 * @throws Error when the schema itself is not valid, or takes anything but objects
 */
export function compileParamsSchema(schema: JsonSchema): ParamsCheck {
  if (schema.type !== 'object') throw new Error('the root of a schema of parameters must be of type object');
  schemas.validateSchema(schema, true);
  const quick = compile(schema, { allErrors: false });
  let thorough: ValidateFunction | undefined;
  return (body, bodyBytes) => {
    if (quick(body)) return [];
    if (bodyBytes > thoroughBytesMax) return describeFaults(quick, body);
    thorough ??= compile(schema, { allErrors: true });
    return describeFaults(thorough, body);
  };
}

/** Knows JSON Schema 2020-12 itself, which takes longer to compile than most schemas that are written in it. */
const schemas = createAjv({});

/** An instance of its own for every schema, so that the `$id` of one manifest cannot meet that of another. */
function compile(schema: JsonSchema, options: Pick<Options, 'allErrors'>): ValidateFunction {
  return createAjv({ ...options, meta: false, validateSchema: false }).compile(schema);
}

function createAjv(options: Options): Ajv2020 {
  const ajv = new Ajv2020({
    ...options,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    // Members that every object inherits (`constructor`) are no parameters.
    ownProperties: true,
    logger: false,
  });
  addFormats.default(ajv);
  ajv.addKeyword({ keyword: factAnnotation, schemaType: 'string' });
  return ajv;
}

function describeFaults(validate: ValidateFunction, body: unknown): ParamsError[] {
  validate(body);
  return (validate.errors ?? []).slice(0, faultsMax).map(describeFault);
}

function describeFault(error: ErrorObject): ParamsError {
  const { missingProperty, additionalProperty, unevaluatedProperty } = error.params as Readonly<
    Record<string, unknown>
  >;
  const member = missingProperty ?? additionalProperty ?? unevaluatedProperty;
  const pointer =
    typeof member === 'string' ? `${error.instancePath}/${escapeToken(member)}` : error.instancePath;
  return { pointer: pointer.length > pointerLengthMax ? '' : pointer, detail: detailOf(error) };
}

const details: Readonly<Record<string, string>> = {
  required: 'is required',
  additionalProperties: 'is not known',
  unevaluatedProperties: 'is not known',
  'false schema': 'is not allowed',
};

function detailOf({ keyword, message }: ErrorObject): string {
  return details[keyword] ?? message ?? `does not fit ${keyword}`;
}
