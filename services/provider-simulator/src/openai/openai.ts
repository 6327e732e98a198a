import { jsonBody } from '@4runr/service-kit/http';
import type { Request, RequestHandler } from 'express';
import type { SimulatedProvider } from '../http/provider-router.ts';
import { chatCompletion } from './chat-completion.ts';
import { readChatRequest } from './chat-request.ts';
import { answerComplaint, type Complaint } from './complaint.ts';
import { streamCompletion } from './stream-completion.ts';

/** OpenAI: `POST /v1/chat/completions`, whole and streamed. `/v1/faults` is the gateway's own. */
export function createOpenai(bodyBytesMax: number): SimulatedProvider {
  return {
    name: 'openai',
    tool: 'openai',
    malforms: 'json',
    paths: /^\/v1\/(?!faults(\/|$))/,
    routes: [
      {
        method: 'post',
        path: '/v1/chat/completions',
        handlers: [requireKey, jsonBody(bodyBytesMax), completeChat],
      },
    ],
    credentialOf: keyOf,
    answerUnknown: ({ method, path }, response) =>
      answerComplaint(response, { status: 404, message: `Invalid URL (${method} ${path})` }),
    answerFailure: (response, { status, detail }) =>
      answerComplaint(response, { status, message: status === 400 ? unparseableBody : detail }),
    answerFault: (_request, response, status) => answerComplaint(response, faultOf(status)),
  };
}

function faultOf(status: number): Complaint {
  if (status === 429) return rateLimitReached;
  if (status < 500) return { status, message: 'Your request was refused.' };
  return { ...serverError, status };
}

const serverError: Complaint = {
  status: 500,
  message: 'The server had an error while processing your request',
  type: 'server_error',
};

const rateLimitReached: Complaint = {
  status: 429,
  message: 'Rate limit reached for requests',
  type: 'requests',
  code: 'rate_limit_exceeded',
};

const unparseableBody =
  'We could not parse the JSON body of your request. (HINT: This likely means you aren’t using your HTTP library correctly. ' +
  'The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)';

/** The key that OpenAI does not know; any other will do. */
const unknownKey = 'invalid';

const keyOf = ({ headers }: Request): string | undefined =>
  /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];

const requireKey: RequestHandler = (request, response, next) => {
  const key = keyOf(request);
  if (key !== undefined && key !== unknownKey) return next();
  answerComplaint(response, key === undefined ? missingKey : incorrectKey);
};

const missingKey: Complaint = {
  status: 401,
  message:
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth " +
    '(i.e. Authorization: Bearer YOUR_KEY).',
};

const incorrectKey: Complaint = {
  status: 401,
  message: `Incorrect API key provided: ${unknownKey}. You can find your API key at https://platform.openai.com/account/api-keys.`,
  code: 'invalid_api_key',
};

/** The model whose tokens come slowly. */
const slowModel = 'slow';
const slowPauseMs = 50;

/** The model that fails: at once, or half-way through a stream. */
const failingModel = 'failing';

const completeChat: RequestHandler = async (request, response) => {
  const read = readChatRequest(request.body);
  if ('complaint' in read) return answerComplaint(response, read.complaint);
  const { chat } = read;
  const completion = chatCompletion(chat, new Date());
  const isFailing = chat.model === failingModel;
  if (chat.stream === true)
    await streamCompletion(response, completion, {
      includeUsage: chat.stream_options?.include_usage === true,
      pauseMs: chat.model === slowModel ? slowPauseMs : 0,
      ...(isFailing ? { brokenOffBy: serverError } : {}),
    });
  else if (isFailing) answerComplaint(response, serverError);
  else response.json(completion);
};
