import * as z from 'zod';

/** A parameter of the root of a call's body. */
const paramSchema = z.string().min(1).max(64);

/** Steps of member names and `*`, which is every item of an array: `messages.*.content.*.type`. */
const placeSchema = z.string().regex(/^[^.]{1,64}(\.[^.]{1,64}){0,9}$/);

/** Millionths of a US dollar, whole: sums of money are exact. At most a million dollars. */
const usdMicrosSchema = z.int().min(0).max(1e12);

export const modelPricesSchema = z.record(
  z.string().min(1).max(256),
  z.strictObject({ input: usdMicrosSchema, output: usdMicrosSchema }),
);
/** What a million tokens cost in millionths of a US dollar, by the exact name of a model. */
export type ModelPrices = z.infer<typeof modelPricesSchema>;

/**
 * The most tokens that a call uses, from its parameters alone (ADR 25).
 *
 * Input: a token is at least one byte of what it is made of, so the bytes of the parameters as JSON bound them; beside those there
 * is what the provider adds, and what is short in the request and long for the model, such as the address of an image. Output: what
 * the request allows at most, which the provider keeps to.
 */
export const tokenCostSchema = z.strictObject({
  input: z.strictObject({
    /** What the provider adds to each call at most. */
    perCall: z.int().min(0).max(1_000_000),
    /**
     * Of values at a place: the tokens that each may add beyond its bytes. A value that is not listed, and any that is neither a
     * text nor null, leaves the call without a bound.
     */
    extras: z.record(placeSchema, z.record(z.string().max(128), z.int().min(0).max(1_000_000))),
  }),
  output: z.strictObject({
    /** Parameters that limit the tokens of one answer; of several the largest counts. */
    limits: z.array(paramSchema).min(1).max(4),
    /** The limit that the adapter sets where the caller has set none. */
    default: z.int().min(1).max(10_000_000),
    /** The parameter that says how many answers there are; one where it is absent. */
    times: paramSchema.exactOptional(),
  }),
  /** What the tokens cost; without it nobody knows. */
  prices: z.strictObject({ param: paramSchema, perMillion: modelPricesSchema }).exactOptional(),
});
export type TokenCost = z.infer<typeof tokenCostSchema>;

/** What carrying an action out costs at its provider. A request that the provider refuses costs nothing. */
export const actionCostSchema = z
  .strictObject({
    /** Millionths of a US dollar for each call. */
    usdMicrosPerCall: usdMicrosSchema.exactOptional(),
    tokens: tokenCostSchema.exactOptional(),
  })
  .refine(({ usdMicrosPerCall, tokens }) => usdMicrosPerCall !== undefined || tokens !== undefined, {
    error: 'says of no cost what it is',
  });
export type ActionCost = z.infer<typeof actionCostSchema>;

/** An amount of each cost: tokens, and millionths of a US dollar. What is absent is not known. */
export const costsSchema = z.strictObject({
  tokens: z.int().min(0).exactOptional(),
  usdMicros: z.int().min(0).exactOptional(),
});
export type Costs = z.infer<typeof costsSchema>;
