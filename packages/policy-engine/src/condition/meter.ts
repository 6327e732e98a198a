import { isCelList, isCelMap } from '@bufbuild/cel';

/** How many characters of a text are one step. */
export const charactersPerStep = 128;

/** How many entries of a list are one step, where it is only gone over. */
const entriesPerStep = 8;

/** Evaluating took more steps than it may. */
export class StepsExhausted extends Error {}

/** Counts the steps of one evaluation, before they are taken. */
export class Meter {
  #left: number;

  constructor(stepsMax: number) {
    this.#left = stepsMax;
  }

  get isExhausted(): boolean {
    return this.#left < 0;
  }

  /** @throws StepsExhausted when fewer are left, and at every call after that */
  spend(steps: number): void {
    this.#left -= this.#left < 0 ? 0 : steps;
    if (this.#left < 0) throw new StepsExhausted();
  }

  /** For a function that goes over a text or a list, but not into its entries. */
  spendOnSurface(value: unknown): void {
    if (typeof value === 'string') this.spend(1 + value.length / charactersPerStep);
    else if (value instanceof Uint8Array) this.spend(1 + value.length / charactersPerStep);
    else if (isCelList(value)) this.spend(1 + value.size / entriesPerStep);
    else this.spend(1);
  }

  /** For a function that may look at whatever lies in a value. */
  spendOnDepth(value: unknown): void {
    this.spendOnSurface(value);
    if (isCelList(value)) for (const entry of value) this.spendOnDepth(entry);
    if (isCelMap(value)) {
      for (const [key, entry] of value) {
        this.spendOnSurface(key);
        this.spendOnDepth(entry);
      }
    }
  }
}
