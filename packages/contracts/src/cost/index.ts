export {
  type ActionCost,
  actionCostSchema,
  type Costs,
  costsSchema,
  type ModelPrices,
  modelPricesSchema,
  type TokenCost,
  tokenCostSchema,
} from './action-cost.ts';
export { boundCosts } from './bound-costs.ts';
export { chatCostExample } from './examples.ts';
export { pricedModelOf } from './price-tokens.ts';
export { exceedsCosts, type TokenUsage, usedCosts } from './used-costs.ts';
