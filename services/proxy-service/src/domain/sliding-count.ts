const steps = 20;

/** How often something happened within the last while: never counts what is older, and forgets it a twentieth of the while earlier at most. */
export class SlidingCount {
  readonly #counts = new Array<number>(steps).fill(0);
  readonly #stepMs: number;
  readonly #now: () => number;
  #step: number;
  #total = 0;

  /** @param now milliseconds on a monotonic clock */
  constructor(windowMs: number, now: () => number) {
    this.#stepMs = windowMs / steps;
    this.#now = now;
    this.#step = this.#currentStep();
  }

  get total(): number {
    this.#forget();
    return this.#total;
  }

  add(): void {
    this.#forget();
    const place = this.#step % steps;
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    this.#total += 1;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  #currentStep(): number {
    return Math.floor(this.#now() / this.#stepMs);
  }

  #forget(): void {
    const current = this.#currentStep();
    const first = Math.max(this.#step + 1, current - steps + 1);
    for (let step = first; step <= current; step += 1) {
      const place = step % steps;
      this.#total -= this.#counts[place] ?? 0;
      this.#counts[place] = 0;
    }
    this.#step = current;
  }
}
