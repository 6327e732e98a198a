import type { ActionCost } from './action-cost.ts';

/** A language model: texts, and images of at most 48,169 tokens each. */
export const chatCostExample: ActionCost = {
  tokens: {
    input: {
      perCall: 100,
      extras: {
        'messages.*.content.*.type': { text: 0, image_url: 48_169 },
        service_tier: { auto: 0, default: 0 },
      },
    },
    output: { limits: ['max_completion_tokens', 'max_tokens'], default: 4_096, times: 'n' },
    prices: { param: 'model', perMillion: { 'gpt-4o-mini': { input: 150_000, output: 600_000 } } },
  },
};
