import type { Params } from '@4runr/contracts/call';
import { factAnnotation, type JsonSchema } from '@4runr/contracts/manifest';
import { invalidParams, toJsonPointer } from '@4runr/service-kit/http';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { malformedAnswer } from '../provider/answer.ts';

/** @throws ProblemError `params.invalid` */
export type ParamsCheck = (params: Params) => void;

/** @throws ProblemError `upstream.failed`: what is not in the form that the action declares is not what the provider documents */
export type ResultCheck = (result: unknown) => void;

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

/**
 * Compiles the schema of an action's result; without one, any result will do.
 *
 * @throws Error when the schema is not valid
 */
export function compileResultCheck(schema: JsonSchema | undefined): ResultCheck {
  if (schema === undefined) return () => {};
  const validate = ajv.compile(schema);
  return (result) => {
    if (validate(result)) return;
    const [fault] = (validate.errors ?? []).map(toFault);
    const cause = new Error(`the result does not fit its schema at '${fault?.pointer}': ${fault?.detail}`);
    throw malformedAnswer('The provider answered in an unknown form.', cause);
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
