/** Work that is done when somebody wakes it. */
export interface Wakeable {
  /** Has it done, after what is under way if it is: resolves or rejects with that. A rejection need not be handled. */
  wake(): Promise<void>;
  /** Resolves when nothing is under way, whatever came of it. */
  idle(): Promise<void>;
}

/** Work that is never done twice at once; whoever wakes it meanwhile has it done once more. */
export function wakeable(work: () => Promise<void>): Wakeable {
  let isWoken = false;
  let working: Promise<void> | undefined;

  async function workWhileWoken(): Promise<void> {
    while (isWoken) {
      isWoken = false;
      await work();
    }
  }

  return {
    wake() {
      isWoken = true;
      working ??= workWhileWoken().finally(() => {
        working = undefined;
      });
      working.catch(() => {});
      return working;
    },
    idle: async () => working?.catch(() => {}),
  };
}
