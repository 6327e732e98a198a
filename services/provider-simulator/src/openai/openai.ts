import { jsonBody } from '@4runr/service-kit/http';
import type { RequestHandler, Response } from 'express';
import { parseAs, type SimulatedProvider } from '../http/provider.ts';
import { chatCompletion, chatRequestSchema } from './chat-completion.ts';

/** OpenAI: `POST /v1/chat/completions`. */
export function createOpenai(bodyBytesMax: number): SimulatedProvider {
  const parse = parseAs(jsonBody(bodyBytesMax), (response, { status }) =>
    refuse(response, status, { message: 'We could not parse the JSON body of your request.' }),
  );
  return {
    name: 'openai',
    routes: [{ method: 'post', path: '/v1/chat/completions', handlers: [requireKey, parse, completeChat] }],
  };
}

const requireKey: RequestHandler = (request, response, next) => {
  const key = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (key !== undefined && key !== 'invalid') return next();
  refuse(response, 401, {
    message: key === undefined ? "You didn't provide an API key." : 'Incorrect API key provided: invalid.',
    code: key === undefined ? null : 'invalid_api_key',
  });
};

const completeChat: RequestHandler = (request, response) => {
  const body = chatRequestSchema.safeParse(request.body);
  if (!body.success) {
    const [issue] = body.error.issues;
    const param = issue?.path.join('.') ?? '';
    return refuse(response, 400, { message: `Invalid value for '${param}': ${issue?.message}`, param });
  }
  response.json(chatCompletion(body.data, new Date()));
};

interface Complaint {
  readonly message: string;
  readonly param?: string;
  readonly code?: string | null;
}

/** OpenAI's form of an error (https://platform.openai.com/docs/guides/error-codes, read 2026-11-24). */
function refuse(response: Response, status: number, { message, param, code }: Complaint): void {
  response.status(status).json({
    error: { message, type: 'invalid_request_error', param: param ?? null, code: code ?? null },
  });
}
