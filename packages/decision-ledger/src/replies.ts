import * as z from 'zod';

/** Answers of the scripts; what they mean is said there. */
export const takingSchema = z.tuple([
  z.enum(['taken', 'known', 'settled', 'full', 'room']),
  z.string(),
  z.string(),
]);
export const roleTakingSchema = z.tuple([
  z.enum(['taken', 'held', 'refused']),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
]);
export const refusalSchema = z.tuple([z.enum(['recorded', 'settled', 'known', 'dropped']), z.string()]);
export const settlementSchema = z.tuple([z.enum(['settled', 'repeated']), z.string()]);
export const listingSchema = z.array(z.string());
const numberSchema = z.string().transform(Number).pipe(z.number());
export const counterReadingSchema = z.tuple([numberSchema, numberSchema, numberSchema]);
export const notingSchema = z.number();

/** @throws Error when Redis answers what no script of ours says */
export function parseReply<T>(schema: z.ZodType<T>, reply: unknown): T {
  const parsed = schema.safeParse(reply);
  if (parsed.success) return parsed.data;
  throw new Error('Redis gave an answer that is none of the script', { cause: parsed.error });
}
