import type { ModelPrices } from '@4runr/contracts/cost';

/**
 * Millionths of a US dollar for a million tokens of the standard tier, not cached, by https://platform.openai.com/docs/pricing as of September 2025.
 * Prices change, and accounts have their own: an operator has to check them. `OPENAI_PRICES` adds to these and replaces them.
 */
export const knownPrices: ModelPrices = {
  'gpt-5': { input: 1_250_000, output: 10_000_000 },
  'gpt-5-mini': { input: 250_000, output: 2_000_000 },
  'gpt-5-nano': { input: 50_000, output: 400_000 },
  'gpt-4.1': { input: 2_000_000, output: 8_000_000 },
  'gpt-4.1-mini': { input: 400_000, output: 1_600_000 },
  'gpt-4.1-nano': { input: 100_000, output: 400_000 },
  'gpt-4o': { input: 2_500_000, output: 10_000_000 },
  'gpt-4o-2024-08-06': { input: 2_500_000, output: 10_000_000 },
  'gpt-4o-mini': { input: 150_000, output: 600_000 },
  'gpt-4o-mini-2024-07-18': { input: 150_000, output: 600_000 },
  o3: { input: 2_000_000, output: 8_000_000 },
  'o4-mini': { input: 1_100_000, output: 4_400_000 },
};
