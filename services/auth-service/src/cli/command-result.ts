/** What a command has to say, and whether it did what it was asked for. */
export interface CommandResult {
  readonly text: string;
  readonly isDone: boolean;
}
