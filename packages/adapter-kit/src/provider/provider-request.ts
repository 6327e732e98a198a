import type { ExchangeAnswer } from '@4runr/service-kit/client';

export interface ProviderRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  /** The path as a template (`/v1/users/{id}`), for the span's name. Without it the span is named by the method alone. */
  readonly template?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Longest body of the answer, in bytes. Default: the client's. */
  readonly bytesMax?: number;
}

export type ProviderResponse = ExchangeAnswer;
