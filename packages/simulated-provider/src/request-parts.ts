/** A request as the provider gets it. */
export interface ProviderRequest {
  readonly method: string;
  /** As sent, percent-encoded, relative to the provider's base URL. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Parsed, when it was JSON. */
  readonly body: unknown;
}

/** Looks up parts of a request by reference; `undefined` for one that is not there. */
export type RequestParts = (reference: string) => unknown;

/** @param named what stands for itself: the placeholders of the path */
export function partsOf(request: ProviderRequest, named: Readonly<Record<string, unknown>>): RequestParts {
  return (reference) => {
    const [kind = '', ...rest] = reference.split('.');
    if (kind === 'query' && rest.length > 0) return request.query.get(rest.join('.')) ?? undefined;
    if (kind === 'header') return request.headers[rest.join('.')];
    if (kind === 'body') return memberOf(request.body, rest);
    return Object.hasOwn(named, reference) ? named[reference] : undefined;
  };
}

function memberOf(value: unknown, names: readonly string[]): unknown {
  const [name, ...rest] = names;
  if (name === undefined) return value;
  const isObject = typeof value === 'object' && value !== null;
  return isObject && Object.hasOwn(value, name)
    ? memberOf((value as Record<string, unknown>)[name], rest)
    : undefined;
}

/** The values of a template's placeholders in a path; `undefined` where the path is another. */
export function matchPath(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = decode(given[index] ?? '');
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined ? value !== segment : value === '') return undefined;
    if (name !== undefined) values[name] = value;
  }
  return values;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
