import type { Params } from '@4runr/contracts/call';
import { factAnnotation, type JsonSchema } from '@4runr/contracts/manifest';
import { invalidParams, toJsonPointer } from '@4runr/service-kit/http';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** @throws ProblemError `params.invalid` */
export type ParamsCheck = (params: Params) => void;

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });
addFormats.default(ajv);
ajv.addKeyword({ keyword: factAnnotation, schemaType: 'string' });

/**
 * Compiles the schema of an action's parameters. The proxy has told the agent every fault before; here the first one is
 * enough.
 *
 * @throws Error when the schema is not valid
 */
export function compileParamsCheck(schema: JsonSchema): ParamsCheck {
  const validate = ajv.compile(schema);
  return (params) => {
    if (!validate(params)) throw invalidParams((validate.errors ?? []).map(toFault));
  };
}

/** A missing or unknown member is a fault of its own place, not of the object around it. */
function toFault(error: ErrorObject): { pointer: string; detail: string } {
  const { missingProperty, additionalProperty } = error.params as Readonly<Record<string, unknown>>;
  const member = missingProperty ?? additionalProperty;
  const below = typeof member === 'string' ? toJsonPointer([member]) : '';
  return {
    pointer: `${error.instancePath}${below}`,
    detail: error.message ?? `does not fit ${error.keyword}`,
  };
}
