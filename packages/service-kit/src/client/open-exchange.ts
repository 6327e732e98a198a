import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { type ExchangeAnswer, type ExchangeOptions, toDispatchOptions } from './exchange.ts';

export interface OpenExchangeOptions extends Omit<ExchangeOptions, 'bytesMax'> {
  /** Longest wait for the head of the answer since the request went out, in milliseconds. */
  readonly headTimeoutMs: number;
  /** Longest silence within the answer while somebody reads it, in milliseconds. */
  readonly idleTimeoutMs: number;
}

/** An answer whose body is still coming. */
export interface OpenAnswer extends Omit<ExchangeAnswer, 'body'> {
  /** Read no faster than its reader asks. Destroyed, it ends the exchange. Fails as `openExchange` does. */
  readonly body: Readable;
}

/** The other side is there and says nothing. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';

  constructor(ms: number) {
    super(`nothing came for ${ms} ms`);
  }
}

/**
 * Begins an exchange, and answers when the head of the answer has come.
 *
 * Rejects with the signal's reason, {@link SilenceError}, or an error of the connection; the body fails with the same.
 */
export function openExchange(dispatcher: Dispatcher, options: OpenExchangeOptions): Promise<OpenAnswer> {
  if (options.signal.aborted) return Promise.reject(options.signal.reason);
  const opener = new AnswerOpener(options);
  dispatcher.dispatch(toDispatchOptions(options), opener);
  return opener.answer;
}

class AnswerOpener implements Dispatcher.DispatchHandler {
  readonly #options: OpenExchangeOptions;
  readonly #opened = Promise.withResolvers<OpenAnswer>();
  #body: Readable | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #silence: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(options: OpenExchangeOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get answer(): Promise<OpenAnswer> {
    return this.#opened.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#options.signal.aborted) {
      controller.abort(this.#options.signal.reason);
    } else {
      this.#options.onSending?.();
      this.#breakSilenceAfter(this.#options.headTimeoutMs);
    }
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: OpenAnswer['headers'],
  ): void {
    if (status < 200) return;
    this.#options.onAnswer?.();
    this.#breakSilenceAfter(this.#options.idleTimeoutMs);
    const body = new Readable({
      read: () => {
        this.#silence?.refresh();
        controller.resume();
      },
      destroy: (error, done) => {
        if (!this.#isOver) controller.abort(error ?? new Error('nobody reads the answer any more'));
        this.#release();
        done(error);
      },
    });
    // It may fail before anybody reads it; whoever does so then is told.
    body.on('error', () => {});
    this.#body = body;
    this.#opened.resolve({ status, headers, body });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#silence?.refresh();
    if (this.#body?.push(chunk) === false) controller.pause();
  }

  onResponseEnd(): void {
    this.#release();
    this.#body?.push(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  readonly #onAbort = (): void => this.#giveUp(this.#options.signal.reason as Error);

  /** A reader that takes its time is no silence of the other side. */
  #breakSilenceAfter(ms: number): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      if (this.#controller?.paused === true) this.#silence?.refresh();
      else this.#giveUp(new SilenceError(ms));
    }, ms);
  }

  #giveUp(reason: Error): void {
    this.#controller?.abort(reason);
    this.#fail(reason);
  }

  #fail(error: Error): void {
    this.#release();
    this.#opened.reject(error);
    this.#body?.destroy(error);
  }

  #release(): void {
    this.#isOver = true;
    clearTimeout(this.#silence);
    this.#options.signal.removeEventListener('abort', this.#onAbort);
  }
}
