import type { ModelPrices } from '@4runr/contracts/cost';

/**
 * Millionths of a US dollar for a million tokens of the standard tier, not cached, by https://platform.openai.com/docs/pricing as of September 2025.
 * Prices change, and accounts have their own: an operator has to check them. `OPENAI_PRICES` adds to these and replaces them.
 */
const knownPrices: ModelPrices = {
  'gpt-5': { input: 1_250_000, output: 10_000_000 },
  'gpt-5-mini': { input: 250_000, output: 2_000_000 },
  'gpt-5-nano': { input: 50_000, output: 400_000 },
  'gpt-4.1': { input: 2_000_000, output: 8_000_000 },
  'gpt-4.1-mini': { input: 400_000, output: 1_600_000 },
  'gpt-4.1-nano': { input: 100_000, output: 400_000 },
  'gpt-4o': { input: 2_500_000, output: 10_000_000 },
  'gpt-4o-2024-05-13': { input: 5_000_000, output: 15_000_000 },
  'gpt-4o-mini': { input: 150_000, output: 600_000 },
  o3: { input: 2_000_000, output: 8_000_000 },
  'o4-mini': { input: 1_100_000, output: 4_400_000 },
};

/**
 * Snapshots that cost what their model does, as the models' pages list them (https://platform.openai.com/docs/models; the names stand in
 * `ChatModel` of the `openai` library, too).
 */
const modelsBySnapshot: Readonly<Record<string, string>> = {
  'gpt-5-2025-08-07': 'gpt-5',
  'gpt-5-mini-2025-08-07': 'gpt-5-mini',
  'gpt-5-nano-2025-08-07': 'gpt-5-nano',
  'gpt-4.1-2025-04-14': 'gpt-4.1',
  'gpt-4.1-mini-2025-04-14': 'gpt-4.1-mini',
  'gpt-4.1-nano-2025-04-14': 'gpt-4.1-nano',
  'gpt-4o-2024-08-06': 'gpt-4o',
  'gpt-4o-2024-11-20': 'gpt-4o',
  'gpt-4o-mini-2024-07-18': 'gpt-4o-mini',
  'o3-2025-04-16': 'o3',
  'o4-mini-2025-04-16': 'o4-mini',
};

/** The known prices with an operator's in their places: one given for a model goes for its snapshots, but those that have their own. */
export function modelPrices(given: ModelPrices): ModelPrices {
  const ofModels = { ...knownPrices, ...given };
  const ofSnapshots = Object.entries(modelsBySnapshot).flatMap(([snapshot, model]) => {
    const price = ofModels[model];
    return price === undefined ? [] : [[snapshot, price] as const];
  });
  return { ...Object.fromEntries(ofSnapshots), ...ofModels };
}
