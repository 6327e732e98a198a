import type { ActionHandler } from '@4runr/adapter-kit';
import { toPageResult } from '../../client/page-result.ts';
import type { PageParams } from '../../client/page-schemas.ts';
import type { WebClient } from '../../client/web-client.ts';

/** `http_fetch:head`: a page's status and headers, whatever the status below 500. */
export function createHeadHandler(web: WebClient): ActionHandler<PageParams> {
  return async (call) => ({
    result: toPageResult(await web.fetch(call, { method: 'HEAD', ...call.params })),
  });
}
