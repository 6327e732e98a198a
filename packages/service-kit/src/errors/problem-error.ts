import { type ProblemCode, type ProblemExtensions, problemKinds } from '@4runr/contracts/problem';

export interface ProblemErrorOptions extends ErrorOptions {
  /** Public: what the client is told beside the title. Causes go to the log only. */
  detail?: string;
  /** Response headers that belong to the failure, e.g. `Retry-After` or `WWW-Authenticate`. */
  headers?: Readonly<Record<string, string>>;
  extensions?: ProblemExtensions;
}

/** A failure that a client may be told about: a code of the error table, public detail, private cause. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: ProblemExtensions;

  constructor(code: ProblemCode, options: ProblemErrorOptions = {}) {
    super(options.detail ?? problemKinds[code].title, { cause: options.cause });
    this.name = 'ProblemError';
    this.code = code;
    this.detail = options.detail;
    this.headers = options.headers ?? {};
    this.extensions = options.extensions ?? {};
  }

  get status(): number {
    return problemKinds[this.code].status;
  }

  /** The same failure, of which more is known, or otherwise. */
  with(extensions: ProblemExtensions): ProblemError {
    const { code, detail, headers, cause } = this;
    return new ProblemError(code, {
      ...(detail === undefined ? {} : { detail }),
      ...{ headers, cause },
      extensions: { ...this.extensions, ...extensions },
    });
  }
}
