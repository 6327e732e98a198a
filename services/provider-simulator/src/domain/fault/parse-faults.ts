import { faultSchema } from '@4runr/contracts/fault';
import * as z from 'zod';
import type { Faults } from './fault-table.ts';
import { simulatedTools } from './simulated-tool.ts';

const faultsSchema = z.partialRecord(z.enum(simulatedTools), faultSchema);

/**
 * Reads the text of a file of faults: a JSON object of a fault for each tool, `{"serpapi": {"mode": "reset", "rate": 0.1}}`.
 *
 * @throws Error naming everything that is wrong with it
 */
export function parseFaults(text: string): Faults {
  const read = faultsSchema.safeParse(parseJson(text));
  if (read.success) return read.data;
  const wrong = read.error.issues.map(
    ({ path, message }) => `  ${path.join('.') || 'all of it'}: ${message}`,
  );
  throw new Error(`the faults are not usable:\n${wrong.join('\n')}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error('the faults are not JSON', { cause });
  }
}
