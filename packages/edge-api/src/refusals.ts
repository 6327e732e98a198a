import { type ProblemCode, problemKinds, problemMediaType, problemSchema } from '@4runr/contracts/problem';
import type { ZodOpenApiResponsesObject } from 'zod-openapi';

const body = problemSchema.meta({
  id: 'Problem',
  description:
    'A problem document (RFC 9457). Clients decide by `code`; `title` and `detail` are for people.',
});

/** Whatever is asked for may be answered so, by the edge or by the service behind it. */
export const commonCodes: readonly ProblemCode[] = [
  'request.invalid',
  'request.timeout',
  'body.too_large',
  'rate.limited',
  'headers.too_large',
  'internal',
  'overload.shed',
  'service.unavailable',
];

/** Whatever needs an access token may be. */
export const tokenCodes: readonly ProblemCode[] = [
  'token.missing',
  'token.invalid',
  'token.expired',
  'token.revoked',
  'scope.insufficient',
];

/** One response for each status, which names the codes that come with it. */
export function describeRefusals(codes: readonly ProblemCode[]): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(new Set(codes), (code) => problemKinds[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      String(status),
      {
        description: ofStatus.map((code) => `\`${code}\`: ${problemKinds[code].title}`).join('; '),
        content: { [problemMediaType]: { schema: body } },
      },
    ]),
  );
}
