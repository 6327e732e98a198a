import type { Logger } from '@4runr/service-kit/telemetry';

/** What is told of work that is done over and over. */
export interface OutageLog {
  /** Does the work, and says once that it fails and once that it works again. @returns whether it was done */
  watch(work: () => Promise<unknown>): Promise<boolean>;
}

export function createOutageLog(
  logger: Logger,
  texts: { readonly begins: string; readonly ends: string },
): OutageLog {
  let isFailing = false;
  return {
    async watch(work) {
      try {
        await work();
        if (isFailing) logger.info(texts.ends);
        isFailing = false;
        return true;
      } catch (error) {
        if (!isFailing) logger.error({ err: error }, texts.begins);
        isFailing = true;
        return false;
      }
    },
  };
}
