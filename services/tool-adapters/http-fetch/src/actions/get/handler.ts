import type { ActionHandler } from '@4runr/adapter-kit';
import { toContent } from '../../client/decode-content.ts';
import { decompressBody } from '../../client/decompress-body.ts';
import { toPageResult } from '../../client/page-result.ts';
import type { PageParams } from '../../client/page-schemas.ts';
import type { WebClient } from '../../client/web-client.ts';

/** `http_fetch:get`: the page, its text decoded, whatever its status below 500. */
export function createGetHandler(web: WebClient, bytesMax: number): ActionHandler<PageParams> {
  return async (call) => {
    const page = await web.fetch(call, { method: 'GET', ...call.params });
    const body = await decompressBody(page.response, bytesMax);
    const content = toContent(body, String(page.response.headers['content-type'] ?? ''));
    return {
      result: { ...toPageResult(page), ...content, bytes: body.length },
      usage: { bytes: body.length },
    };
  };
}
