import { headers } from '@4runr/contracts/headers';
import type { ProblemCode } from '@4runr/contracts/problem';
import type { OperatorScope } from '@4runr/contracts/token';
import type { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiParameters, ZodOpenApiResponsesObject } from 'zod-openapi';
import { commonCodes, describeRefusals, tokenCodes } from './refusals.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What a request is answered with where nothing is wrong. */
export interface Answer {
  readonly about: string;
  /** Of a JSON body; none for an answer without one, or one that is no JSON. */
  readonly body?: z.ZodType;
  readonly mediaType?: string;
}

/** One method at one path of the edge. */
export interface Operation {
  readonly method: Method;
  /** As in OpenAPI: `/v1/agents/{id}`. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  /** Who may ask: everybody, an agent, an operator with the scope, or a client that proves who it is by other means than a token. */
  readonly caller: 'anybody' | 'agent' | 'client' | OperatorScope;
  readonly params?: ZodOpenApiParameters;
  readonly body?: z.ZodType;
  readonly bodyType?: string;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes of problem documents that are of this operation; those that every operation may answer are added. */
  readonly codes?: readonly ProblemCode[];
  /** Bodies of failures that are no problem documents (RFC 6749, OpenAI). */
  readonly failure?: z.ZodType;
}

export function describeOperation(operation: Operation, tag: string): ZodOpenApiOperationObject {
  const { id, summary, params, body, bodyType = 'application/json' } = operation;
  return {
    operationId: id,
    summary,
    tags: [tag],
    security: securityOf(operation.caller),
    ...(params === undefined ? {} : { requestParams: params }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { [bodyType]: { schema: body } } } }),
    responses: { ...describeAnswers(operation.answers), ...describeFailures(operation) },
  };
}

function securityOf(caller: Operation['caller']): Record<string, string[]>[] {
  if (caller === 'anybody') return [];
  if (caller === 'client') return [{ clientSecret: [] }, {}];
  return [{ accessToken: caller === 'agent' ? [] : [caller] }];
}

function describeAnswers(answers: Operation['answers']): ZodOpenApiResponsesObject {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { about, body, mediaType = 'application/json' }]) => [
      status,
      {
        description: about,
        headers: { [headers.correlationId]: { $ref: '#/components/headers/CorrelationId' } },
        ...(body === undefined ? {} : { content: { [mediaType]: { schema: body } } }),
      },
    ]),
  );
}

function describeFailures({ caller, codes = [], failure }: Operation): ZodOpenApiResponsesObject {
  if (failure !== undefined)
    return { default: { description: 'A failure', content: { 'application/json': { schema: failure } } } };
  const ofTokens = caller === 'anybody' || caller === 'client' ? [] : tokenCodes;
  return describeRefusals([...codes, ...ofTokens, ...commonCodes]);
}
