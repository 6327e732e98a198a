import {
  callResponseSchema,
  paramsSchema,
  toolDescriptionSchema,
  toolListSchema,
} from '@4runr/contracts/call';
import { headers } from '@4runr/contracts/headers';
import { jobAcceptedSchema } from '@4runr/contracts/job';
import type { ProblemCode } from '@4runr/contracts/problem';
import * as z from 'zod';
import type { Operation } from '../operation.ts';

const tool = z.object({
  tool: z.string().meta({ description: 'As `GET /v1/tools` lists it', example: 'serpapi' }),
});

const callHeaders = z.object({
  [headers.idempotencyKey]: z
    .string()
    .max(255)
    .optional()
    .meta({ description: 'So that the call is carried out once' }),
  [headers.prefer]: z
    .string()
    .optional()
    .meta({ description: '`respond-async` for a job, `wait=<seconds>` for a deadline (RFC 7240)' }),
  [headers.agentIntent]: z
    .string()
    .optional()
    .meta({ description: 'What the agent is doing; policies may demand one' }),
  'Cache-Control': z
    .string()
    .optional()
    .meta({ description: '`no-cache`, `no-store`, `max-age` (RFC 9111)' }),
  [headers.jobWebhook]: z.url().optional().meta({ description: 'Where to tell that the job has ended' }),
});

const callCodes: readonly ProblemCode[] = [
  'policy.denied',
  'target.forbidden',
  'tool.unknown',
  'action.unknown',
  'idempotency.conflict',
  'idempotency.in_progress',
  'media_type.unsupported',
  'params.invalid',
  'quota.exceeded',
  'jobs.limited',
  'upstream.failed',
  'upstream.rejected',
  'upstream.outcome_unknown',
  'response.blocked',
  'response.too_large',
  'breaker.open',
  'policy.unavailable',
  'upstream.timeout',
];

const openaiError = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      code: z.string().nullable(),
      param: z.string().nullable(),
    }),
  })
  .meta({ id: 'OpenAIError', description: "OpenAI's shape of an error, with the gateway's own code" });

export const toolOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/tools',
    id: 'listTools',
    summary: 'The tools that this agent may call, with JSON Schemas',
    caller: 'agent',
    answers: { 200: { about: 'The tools.', body: toolListSchema } },
    codes: ['policy.unavailable'],
  },
  {
    method: 'get',
    path: '/v1/tools/{tool}',
    id: 'getTool',
    summary: 'One tool, with JSON Schemas of its actions',
    caller: 'agent',
    params: { path: tool },
    answers: { 200: { about: 'The tool.', body: toolDescriptionSchema } },
    codes: ['tool.unknown', 'policy.unavailable'],
  },
  {
    method: 'post',
    path: '/v1/tools/{tool}/{action}',
    id: 'callTool',
    summary: "A call. The body is the action's parameters, whose schema `GET /v1/tools/{tool}` tells",
    caller: 'agent',
    params: {
      path: tool.extend({ action: z.string().meta({ example: 'search' }) }),
      header: callHeaders,
    },
    body: paramsSchema,
    answers: {
      200: { about: 'What the tool gave.', body: callResponseSchema },
      202: { about: 'A job, with its `Location`.', body: jobAcceptedSchema },
    },
    codes: callCodes,
  },
  {
    method: 'delete',
    path: '/v1/cache/{tool}',
    id: 'purgeCache',
    summary: 'No answer of the tool that was kept so far is given to anybody any more',
    caller: 'cache:write',
    params: { path: tool },
    answers: { 204: { about: 'It is so, on every replica.' } },
    codes: ['tool.unknown'],
  },
  {
    method: 'post',
    path: '/openai/v1/chat/completions',
    id: 'completeChat',
    summary: "OpenAI's wire format, streaming included; an access token is the API key",
    caller: 'agent',
    body: paramsSchema,
    answers: {
      200: {
        about: "OpenAI's answer, or with `stream` its events.",
        body: z.looseObject({ id: z.string() }),
      },
    },
    failure: openaiError,
  },
  {
    method: 'get',
    path: '/openai/v1/models',
    id: 'listModels',
    summary: 'The models that this agent may use',
    caller: 'agent',
    answers: {
      200: {
        about: "The models, in OpenAI's shape.",
        body: z.object({ object: z.literal('list'), data: z.array(z.looseObject({ id: z.string() })) }),
      },
    },
    failure: openaiError,
  },
];
