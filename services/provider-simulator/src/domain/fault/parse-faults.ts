import { faultSchema } from '@4runr/contracts/fault';
import * as z from 'zod';
import type { Faults } from './fault-table.ts';
import type { SimulatedTool } from './simulated-tool.ts';

/**
 * Reads the text of a file of faults: a JSON object of a fault for each tool, `{"serpapi": {"mode": "reset", "rate": 0.1}}`.
 *
 * @param tools the tools that it may name
 *
 * @throws Error naming everything that is wrong with it
 */
export function parseFaults(text: string, tools: readonly SimulatedTool[]): Faults {
  const faultsSchema = z.partialRecord(z.enum(tools), faultSchema);
  const read = faultsSchema.safeParse(parseJson(text));
  if (read.success) return read.data as Faults;
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
