/** What bringing a program that the machine lacks needs. */
export interface BringOptions {
  /** For programs that are brought here (`.local`); kept between runs, may be shared by stacks. */
  readonly cacheDir: string;
  /** Told, in a sentence each, what takes time (a download) and what is not as good as it could be (a stand-in). */
  report?(message: string): void;
}

/** What preparing any part of the stack needs. */
export interface PartOptions extends BringOptions {
  /** For this stack's data and passwords; kept between runs. Must be the same path each time. */
  readonly stateDir: string;
  readonly logFile: string;
  readonly port: number;
}
