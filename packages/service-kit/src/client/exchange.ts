import type { Dispatcher } from 'undici';

export interface ExchangeOptions {
  readonly origin: string;
  /** Path with query. */
  readonly path: string;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Longest body of the answer, in bytes. */
  readonly bytesMax: number;
  /** Ends the exchange at any stage: waiting for a connection, sending, receiving. */
  readonly signal: AbortSignal;
  /** Called right before the first byte is written. */
  onSending?(): void;
  /** Called when the head of the answer has arrived. */
  onAnswer?(): void;
}

export interface ExchangeAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it came over the wire: a `content-encoding` is not undone. */
  readonly body: Buffer;
}

/** The answer went beyond the limit; the connection was closed. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';

  constructor(bytesMax: number) {
    super(`the answer is longer than ${bytesMax} bytes`);
  }
}

/**
 * One exchange: sends a request and gathers the whole answer. Written on undici's handler rather than its `request`, which
 * does not tell when the first byte goes out, and heeds a signal only once there is a connection.
 *
 * Rejects with the signal's reason, {@link AnswerTooLargeError}, or an error of the connection.
 */
export function exchange(dispatcher: Dispatcher, options: ExchangeOptions): Promise<ExchangeAnswer> {
  if (options.signal.aborted) return Promise.reject(options.signal.reason);
  const gatherer = new AnswerGatherer(options);
  dispatcher.dispatch(toDispatchOptions(options), gatherer);
  return gatherer.answer;
}

/** The request as undici takes it, without undici's own time limits. */
export function toDispatchOptions({
  origin,
  path,
  method,
  headers,
  body,
}: Pick<ExchangeOptions, 'origin' | 'path' | 'method' | 'headers' | 'body'>): Dispatcher.DispatchOptions {
  return {
    origin,
    path,
    method,
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
  };
}

class AnswerGatherer implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #settled = Promise.withResolvers<ExchangeAnswer>();
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #head: { status: number; headers: ExchangeAnswer['headers'] } | undefined;
  #controller: Dispatcher.DispatchController | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get answer(): Promise<ExchangeAnswer> {
    return this.#settled.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#options.signal.aborted) controller.abort(this.#options.signal.reason);
    else this.#options.onSending?.();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: ExchangeAnswer['headers'],
  ): void {
    if (status < 200) return;
    this.#head = { status, headers };
    this.#options.onAnswer?.();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#options.bytesMax)
      controller.abort(new AnswerTooLargeError(this.#options.bytesMax));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#release();
    const { status, headers } = this.#head ?? { status: 0, headers: {} };
    this.#settled.resolve({ status, headers, body: Buffer.concat(this.#chunks, this.#bytes) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#release();
    this.#settled.reject(error);
  }

  readonly #onAbort = (): void => {
    this.#controller?.abort(this.#options.signal.reason);
    this.#settled.reject(this.#options.signal.reason);
  };

  #release(): void {
    this.#options.signal.removeEventListener('abort', this.#onAbort);
  }
}
