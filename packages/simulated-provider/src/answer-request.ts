import { fillTemplate } from './fill-template.ts';
import type { DocumentedAnswer, SimulatedProvider } from './provider-file.ts';
import { matchPath, type ProviderRequest, partsOf, type RequestParts } from './request-parts.ts';

/** What the provider answers. */
export interface ProviderAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** To be sent as JSON. */
  readonly body: unknown;
}

/** The first answer whose method, path and conditions fit the request; else a 404 in the provider's form. */
export function answerRequest(provider: SimulatedProvider, request: ProviderRequest): ProviderAnswer {
  for (const answer of provider.answers) {
    const parts = partsIfFits(answer, request);
    if (parts === undefined) continue;
    const headers = Object.entries(answer.headers).map(([name, value]) => [
      name,
      String(fillTemplate(value, parts)),
    ]);
    return {
      status: answer.status,
      headers: Object.fromEntries(headers),
      body: fillTemplate(answer.body, parts),
    };
  }
  return failureAnswer(provider, { status: 404, detail: 'Not found.' });
}

/** A failure in the provider's own form. */
export function failureAnswer(
  { failure }: SimulatedProvider,
  named: { readonly status: number; readonly detail: string },
): ProviderAnswer {
  const parts: RequestParts = (reference) =>
    reference === 'status' ? named.status : reference === 'detail' ? named.detail : undefined;
  return { status: named.status, headers: {}, body: fillTemplate(failure.body, parts) };
}

/** The credential that a request shows; a `Bearer` is not part of it. */
export function shownCredential(provider: SimulatedProvider, request: ProviderRequest): string | undefined {
  if (provider.credential === undefined) return undefined;
  const shown = partsOf(request, {})(provider.credential);
  return typeof shown === 'string' ? shown.replace(/^Bearer /i, '') : undefined;
}

function partsIfFits(answer: DocumentedAnswer, request: ProviderRequest): RequestParts | undefined {
  if (answer.method !== request.method) return undefined;
  const named = matchPath(answer.path, request.path);
  if (named === undefined) return undefined;
  const parts = partsOf(request, named);
  const fits = Object.entries(answer.when).every(([reference, wanted]) =>
    wanted === null ? parts(reference) === undefined : String(parts(reference)) === wanted,
  );
  return fits ? parts : undefined;
}
