import type { ActionHandler } from '@4runr/adapter-kit';
import type { WikipediaClient } from '../../client/wikipedia-client.ts';
import type { SummaryParams } from './manifest.ts';

/** `wikipedia:summary`: what Wikipedia's summary of a page says, without its layout. */
export function createSummaryHandler(client: WikipediaClient): ActionHandler<SummaryParams> {
  return async (call) => {
    const { title, lang = 'en' } = call.params;
    const page = await client.readSummary(call, { title, lang });
    return {
      result: {
        type: page.type,
        title: page.titles.normalized,
        ...(page.description === undefined ? {} : { description: page.description }),
        extract: page.extract,
        lang: page.lang,
        url: page.content_urls.desktop.page,
        ...(page.thumbnail === undefined ? {} : { thumbnailUrl: page.thumbnail.source }),
        ...(page.timestamp === undefined ? {} : { timestamp: page.timestamp }),
      },
    };
  };
}
