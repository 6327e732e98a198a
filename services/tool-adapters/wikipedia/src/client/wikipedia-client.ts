import {
  type ExchangeContext,
  isSuccess,
  malformedAnswer,
  type ProviderClient,
  type ProviderResponse,
  parseJsonAnswer,
  rejectedAnswer,
} from '@4runr/adapter-kit';
import * as z from 'zod';
import { langPlace, type WikipediaConfig } from '../config.ts';

/** What is relied on of a summary (https://www.mediawiki.org/wiki/Specs/Summary/1.3.0). Other members are left out. */
const summarySchema = z.object({
  type: z.string(),
  titles: z.object({ normalized: z.string() }),
  lang: z.string(),
  extract: z.string(),
  description: z.string().optional(),
  content_urls: z.object({ desktop: z.object({ page: z.string() }) }),
  thumbnail: z.object({ source: z.string() }).optional(),
  timestamp: z.string().optional(),
});
export type PageSummary = z.infer<typeof summarySchema>;

/** What the API says with a status of failure (https://en.wikipedia.org/api/rest_v1/). */
const complaintSchema = z
  .object({ title: z.string().optional(), detail: z.string().optional(), type: z.string().optional() })
  .transform(({ title, detail, type }) => ({ message: detail ?? title, code: type?.split('/').at(-1) }));

export interface WikipediaClient {
  /**
   * `GET /page/summary/{title}` of a language's edition.
   *
   * @throws ProblemError `upstream.rejected` (a page that is not there, too), `upstream.failed`, `upstream.timeout`
   */
  readSummary(context: ExchangeContext, page: { title: string; lang: string }): Promise<PageSummary>;
}

const summaryPath = '/api/rest_v1/page/summary/';

/** Titles that stand for another page are answered with a redirect to it. */
const redirectsMax = 2;

export function createWikipediaClient(
  provider: ProviderClient,
  { baseUrl, contact }: Pick<WikipediaConfig, 'baseUrl' | 'contact'>,
): WikipediaClient {
  const userAgent = toUserAgent(contact);

  async function ask(context: ExchangeContext, url: URL, redirectsLeft: number): Promise<ProviderResponse> {
    const response = await provider.request(context, {
      method: 'GET',
      url,
      template: `${summaryPath}{title}`,
      headers: { accept: 'application/json', 'user-agent': userAgent },
    });
    const target = redirectsLeft > 0 ? redirectTarget(url, response) : undefined;
    return target === undefined ? response : ask(context, target, redirectsLeft - 1);
  }

  return {
    async readSummary(context, { title, lang }) {
      const name = encodeURIComponent(title.replaceAll(' ', '_'));
      const url = new URL(`${baseUrl.replaceAll(langPlace, lang)}${summaryPath}${name}`);
      const response = await ask(context, url, redirectsMax);
      if (!isSuccess(response)) throw rejectedAnswer(response, complaintSchema);
      const summary = summarySchema.safeParse(parseJsonAnswer(response));
      if (!summary.success) throw malformedAnswer('Wikipedia answered in an unknown form.', summary.error);
      return summary.data;
    },
  };
}

/** Another page of the same edition; every other redirect is refused like any status that is no success. */
function redirectTarget(from: URL, { status, headers }: ProviderResponse): URL | undefined {
  const { location } = headers;
  if (status < 301 || status > 308 || typeof location !== 'string' || !URL.canParse(location, from.href))
    return undefined;
  const target = new URL(location, from);
  const folder = from.pathname.slice(0, from.pathname.lastIndexOf('/') + 1);
  return target.origin === from.origin && target.pathname.startsWith(folder) ? target : undefined;
}

/** As Wikimedia wants it: who calls, and how to reach them (https://www.mediawiki.org/wiki/Wikimedia_APIs/Access_policy). */
function toUserAgent(contact: string): string {
  return `4runr-gateway/0.1${contact === '' ? '' : ` (${contact})`}`;
}
