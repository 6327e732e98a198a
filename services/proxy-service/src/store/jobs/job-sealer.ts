import { accessTokenClaimsSchema } from '@4runr/contracts/token';
import type { TextSealer } from '@4runr/service-kit/sealing';
import type { JobAnswer, JobOrder } from '../../domain/job.ts';

/** What of a job may be personal; the rest of the order stands in columns. */
export type SealedOrder = Pick<
  JobOrder,
  'params' | 'requestBytes' | 'intent' | 'cacheControl' | 'key' | 'claims'
>;

/** Orders and answers as they are stored, bound to their job. */
export interface JobSealer {
  sealOrder(order: JobOrder, jobId: string): string;
  /** @throws Error when it was sealed under an unknown key, or was tampered with */
  openOrder(sealed: string, jobId: string): SealedOrder;
  sealAnswer(answer: JobAnswer, jobId: string): string;
  /** @throws as `openOrder` */
  openAnswer(sealed: string, jobId: string): JobAnswer;
  /** A URL may be as good as a secret. */
  sealWebhook(url: string, jobId: string): string;
  /** @throws as `openOrder` */
  openWebhook(sealed: string, jobId: string): string;
}

export function createJobSealer(sealer: TextSealer): JobSealer {
  return {
    sealOrder({ params, requestBytes, intent, cacheControl, key, claims }, jobId) {
      const order = { params, requestBytes, intent, cacheControl, key, claims };
      return sealer.seal(JSON.stringify(order), `order ${jobId}`);
    },
    openOrder(sealed, jobId) {
      const { claims, ...order } = JSON.parse(sealer.open(sealed, `order ${jobId}`)) as SealedOrder;
      return { ...order, claims: accessTokenClaimsSchema.parse(claims) };
    },
    sealAnswer: (answer, jobId) => sealer.seal(JSON.stringify(answer), `answer ${jobId}`),
    openAnswer: (sealed, jobId) => JSON.parse(sealer.open(sealed, `answer ${jobId}`)) as JobAnswer,
    sealWebhook: (url, jobId) => sealer.seal(url, `webhook ${jobId}`),
    openWebhook: (sealed, jobId) => sealer.open(sealed, `webhook ${jobId}`),
  };
}
