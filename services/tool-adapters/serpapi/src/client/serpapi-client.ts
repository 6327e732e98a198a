import {
  type CredentialSource,
  type ExchangeContext,
  isSuccess,
  malformedAnswer,
  type ProviderClient,
  type ProviderResponse,
  parseJsonAnswer,
  rejectedAnswer,
} from '@4runr/adapter-kit';
import { ProblemError } from '@4runr/service-kit/errors';
import * as z from 'zod';
import type { SerpapiConfig } from '../config.ts';
import type { SerpapiCredential } from './serpapi-credential.ts';

/** The members of an answer that say how a search went (https://serpapi.com/search-api, "JSON Results"). */
const answerSchema = z.looseObject({
  error: z.string().optional(),
  search_metadata: z.looseObject({ status: z.string() }).optional(),
});
export type SerpapiAnswer = z.infer<typeof answerSchema>;

/** What SerpAPI says with a status of failure (https://serpapi.com/api-status-and-error-codes). */
const complaintSchema = z.object({ error: z.string() }).transform(({ error }) => ({ message: error }));

export type SerpapiQuery = Readonly<Record<string, string | number | boolean>>;

export interface SerpapiClient {
  /**
   * Runs a search and waits for its results.
   *
   * @throws ProblemError `upstream.rejected`, `upstream.failed`, `upstream.timeout`, `service.unavailable` without a credential
   */
  search(context: ExchangeContext, query: SerpapiQuery): Promise<SerpapiAnswer>;
}

export function createSerpapiClient(
  provider: ProviderClient,
  { baseUrl }: Pick<SerpapiConfig, 'baseUrl'>,
  credentials: CredentialSource<SerpapiCredential>,
): SerpapiClient {
  return {
    async search(context, query) {
      const url = new URL(`${baseUrl}/search.json`);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
      url.searchParams.set('api_key', credentials.get().apiKey);
      const response = await provider.request(context, { method: 'GET', url, template: '/search.json' });
      return readAnswer(response);
    },
  };
}

/** The answer as SerpAPI wrote it. */
function readAnswer(response: ProviderResponse): SerpapiAnswer {
  if (!isSuccess(response)) throw rejectedAnswer(response, complaintSchema);
  const answer = parseJsonAnswer(response) as SerpapiAnswer;
  const checked = answerSchema.safeParse(answer);
  if (!checked.success) throw malformedAnswer('SerpAPI answered in an unknown form.', checked.error);
  assertSearched(answer, response.status);
  return answer;
}

/**
 * SerpAPI reports failures with 200 too (https://serpapi.com/search-errors): a search that went wrong has the status
 * `Error`, one that is not done yet `Processing` or `Queued`, a request that it did not take no status at all. An `error`
 * beside the status `Success` only says that nothing was found.
 */
function assertSearched({ error, search_metadata: metadata }: SerpapiAnswer, status: number): void {
  const state = metadata?.status;
  if (state === 'Success' || (state === undefined && error === undefined)) return;
  const detail = error ?? (state === 'Error' ? 'The search failed.' : 'The search is not done.');
  throw new ProblemError(state === undefined ? 'upstream.rejected' : 'upstream.failed', {
    detail,
    cause: new Error(`SerpAPI answered ${status} with the error: ${detail}`),
    extensions: { upstreamStatus: status, ...(state === undefined ? {} : { upstreamCode: state }) },
  });
}
