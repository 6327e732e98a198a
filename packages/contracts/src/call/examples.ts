import type { Manifest } from '../manifest/index.ts';
import { type Problem, toProblem } from '../problem/index.ts';
import type { AdapterRequest, AdapterResponse, CallResponse, ToolList } from './call.ts';

/** An adapter that searches (a read) and posts (an effect), as it tells of itself at `GET /manifest`. */
export const manifestExample: Manifest = {
  tool: 'serpapi',
  version: '1',
  description: 'Searches the web.',
  actions: {
    search: {
      description: 'Searches the web and returns what was found.',
      effect: 'read',
      timeoutMs: 20_000,
      params: {
        type: 'object',
        required: ['q'],
        properties: { q: { type: 'string', minLength: 1, maxLength: 2_048 } },
        additionalProperties: false,
      },
    },
  },
};

/** What the proxy sends to `POST /actions/search`; the permit travels in the header `Gateway-Permit`. */
export const adapterRequestExample: AdapterRequest = {
  callId: 'call_01k3vb6e5n7p9r2t4w6y',
  params: { q: 'opening hours' },
};

export const adapterResponseExample: AdapterResponse = {
  result: { organic_results: [{ position: 1, title: 'Opening hours', link: 'https://example.com/' }] },
  usage: { searches: 1 },
};

/** How long the provider took of an answer's time, as adapters say it in `Server-Timing`, failed or not. */
export const adapterServerTimingExample = 'upstream;dur=12.500';

/** Failures of the call itself. The agent is told of them as they are. */
export const adapterFailureExamples: readonly Problem[] = [
  toProblem('params.invalid', {
    extensions: { dispatched: 'no', errors: [{ pointer: '/q', detail: 'is too long' }] },
  }),
  toProblem('target.forbidden', {
    detail: 'The host is at an address that is not public.',
    extensions: { dispatched: 'no', reason: 'address' },
  }),
  toProblem('upstream.rejected', {
    detail: 'Unknown location.',
    extensions: { dispatched: 'yes', upstreamStatus: 400 },
  }),
  toProblem('upstream.failed', {
    extensions: { dispatched: 'yes', upstreamStatus: 503, upstreamCode: 'UNAVAILABLE' },
  }),
  toProblem('upstream.timeout', { extensions: { dispatched: 'maybe' } }),
  toProblem('upstream.outcome_unknown', { extensions: { dispatched: 'maybe' } }),
  toProblem('response.too_large', { extensions: { dispatched: 'yes' } }),
];

/** Refusals that concern the mesh. The agent learns no more than that the tool cannot be used. */
export const adapterRefusalExamples: readonly Problem[] = [
  toProblem('token.missing', { extensions: { dispatched: 'no' } }),
  toProblem('token.invalid', { extensions: { dispatched: 'no' } }),
  toProblem('token.expired', { extensions: { dispatched: 'no' } }),
  toProblem('scope.insufficient', { extensions: { dispatched: 'no' } }),
  toProblem('policy.denied', {
    detail: 'The permit is for another call.',
    extensions: { dispatched: 'no' },
  }),
  toProblem('request.invalid', { extensions: { dispatched: 'no' } }),
  toProblem('action.unknown', { extensions: { dispatched: 'no' } }),
  toProblem('internal', { extensions: { dispatched: 'no' } }),
];

/** What the agent gets for {@link adapterResponseExample}. */
export const callResponseExample: CallResponse = {
  data: adapterResponseExample.result,
  meta: {
    callId: adapterRequestExample.callId,
    tool: 'serpapi',
    action: 'search',
    cache: 'bypass',
    attempts: 1,
    durationMs: 14.2,
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  },
};

/** What `GET /v1/tools` shows of {@link manifestExample}. */
export const toolListExample: ToolList = {
  items: [
    {
      name: 'serpapi',
      version: '1',
      description: 'Searches the web.',
      actions: [
        {
          name: 'search',
          scope: 'serpapi:search',
          description: 'Searches the web and returns what was found.',
          effect: 'read',
          params: manifestExample.actions.search?.params ?? {},
        },
      ],
    },
  ],
};
