import type { ActionCost, ModelPrices } from '@4runr/contracts/cost';

/**
 * The most tokens of any image: high detail at 2,833 and 5,667 for each of at most 8 tiles by gpt-4o-mini, the highest of all
 * models (https://platform.openai.com/docs/guides/images-vision).
 */
const imageTokensMax = 48_169;

/** Beyond texts of the request: the beginning of the answer, and how tools are told to the model. */
const addedTokensMax = 100;

/**
 * What `openai:chat` costs at most (ADR 25). Texts, tools, schemas of answers and audio in the request are bounded by their bytes. What
 * is looked up elsewhere, or priced otherwise, has no bound: files, earlier audio, audio as an answer, web searches, predictions, and the
 * service tiers that cost more.
 */
export function chatCost(of: { readonly prices: ModelPrices; readonly outputTokens: number }): ActionCost {
  return {
    tokens: {
      input: {
        perCall: addedTokensMax,
        extras: {
          'messages.*.content.*.type': { text: 0, refusal: 0, input_audio: 0, image_url: imageTokensMax },
          'messages.*.audio': {},
          'tools.*.type': { function: 0, custom: 0 },
          'modalities.*': { text: 0 },
          service_tier: { auto: 0, default: 0, flex: 0 },
          audio: {},
          prediction: {},
          web_search_options: {},
        },
      },
      output: { limits: ['max_completion_tokens', 'max_tokens'], default: of.outputTokens, times: 'n' },
      prices: { param: 'model', perMillion: of.prices },
    },
  };
}
