import { ProblemError } from '@4runr/service-kit/errors';

/**
 * Does work of one name one after the other, in the order in which it is asked for; what cannot be done because something is away is
 * not done for those who wait behind it either.
 */
export function oneByOne(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const latest = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const before = latest.get(name) ?? Promise.resolve();
    const mine = before.then(work, (error: unknown) => {
      if (error instanceof ProblemError && error.code === 'service.unavailable') throw error;
      return work();
    });
    latest.set(name, mine);
    try {
      return await mine;
    } finally {
      if (latest.get(name) === mine) latest.delete(name);
    }
  };
}
