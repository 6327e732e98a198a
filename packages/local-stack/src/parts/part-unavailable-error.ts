import { installCommand, type PartName, platformName } from './platform.ts';

/** A part of the stack cannot be had on this machine; the message ends with the command that mends it. */
export class PartUnavailableError extends Error {
  override readonly name = 'PartUnavailableError';
  readonly part: PartName;

  /** `reason`: what was tried and why it did not do, without a full stop. */
  constructor(part: PartName, reason: string, options?: ErrorOptions) {
    super(
      `${part} is missing on this machine (${platformName()}): ${reason}.\n  To mend it: ${installCommand(part)}`,
      options,
    );
    this.part = part;
  }
}
