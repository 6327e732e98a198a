import { baseSettings, loadConfig, setting, url } from '@4runr/service-kit/config';
import * as z from 'zod';
import { type ActionHandler, defineAdapter, isSuccess, parseJsonAnswer, rejectedAnswer } from '../index.ts';

const settings = {
  ...baseSettings(0),
  baseUrl: setting('ECHO_BASE_URL', url('http'), { about: 'the provider' }),
};

const complaintSchema = z.object({ message: z.string(), code: z.string().optional() });

interface EchoParams {
  readonly word: string;
}

const params = {
  type: 'object',
  required: ['word'],
  additionalProperties: false,
  properties: { word: { type: 'string', maxLength: 20 } },
  examples: [{ word: 'hello' }],
};

const result = { type: 'object', properties: { word: { type: 'string' } } };

/** The smallest adapter that speaks to a provider: the kit's own tests run against it. */
export const echoAdapter = defineAdapter({
  manifest: {
    tool: 'echo',
    version: '1',
    description: 'Repeats a word',
    actions: {
      say: { description: 'Says it', effect: 'read', timeoutMs: 150, params, result },
      post: { description: 'Posts it', effect: 'effect', timeoutMs: 150, params, result },
    },
  },
  readConfig: (environment = {}) => loadConfig(settings, environment),
  compose: ({ config, createProviderClient }) => {
    const provider = createProviderClient({ bytesMax: 1_000 });
    const say: ActionHandler<EchoParams> = async (call) => {
      const response = await provider.request(call, {
        method: 'POST',
        url: new URL('/echo', config.baseUrl),
        template: '/echo',
        body: JSON.stringify(call.params),
      });
      if (!isSuccess(response)) throw rejectedAnswer(response, complaintSchema);
      return { result: parseJsonAnswer(response), usage: { words: 1 } };
    };
    return { say, post: say };
  },
});
