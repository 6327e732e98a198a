import type { Response } from 'express';

/** What is to be done when a call has come to its end. */
export interface CallEnd {
  onEnd(end: () => void): void;
  /** Nothing more is done for the call: it ends when its answer is out, or at once where nobody waits for one. */
  arrive(): void;
}

export function endOfCall(response: Response): CallEnd {
  const ends: (() => void)[] = [];
  const finish = () => {
    for (const end of ends) end();
  };
  return {
    onEnd: (end) => void ends.push(end),
    arrive: () => void (response.closed ? finish() : response.once('close', finish)),
  };
}
