import { randomInt } from 'node:crypto';
import { freePort, releasePort } from '../process/index.ts';

/** Chooses ports for a stack and remembers them, so that they can be given back when it has stopped. */
export interface PortChooser {
  /** The preferred port, or one like it that is free; never the same twice. */
  choose(preferred: number): Promise<number>;
  releaseAll(): void;
}

/**
 * `anywhere` ignores what is preferred: stacks of tests must not take the ports that a developer expects. Its range ends
 * below the ephemeral ports of Linux (32768), which connections take at any moment.
 */
export function createPortChooser(where: 'preferred' | 'anywhere'): PortChooser {
  const chosen: number[] = [];
  return {
    async choose(preferred) {
      const port = await freePort(where === 'preferred' ? preferred : randomInt(20_000, 27_000));
      chosen.push(port);
      return port;
    },
    releaseAll: () => chosen.splice(0).forEach(releasePort),
  };
}
