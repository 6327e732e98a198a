import * as z from 'zod';

const attributeValueSchema = z.union([
  z.string(),
  z.boolean(),
  z.number(),
  z.array(z.union([z.string(), z.boolean(), z.number()])),
]);
export type AttributeValue = z.infer<typeof attributeValueSchema>;

const attributesSchema = z.record(z.string(), attributeValueSchema);

/** A finished span as the local receiver keeps it. */
export const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  /** Empty for a root. */
  parentSpanId: z.string(),
  service: z.string(),
  name: z.string(),
  /** Milliseconds since the epoch, with fractions. */
  startMs: z.number(),
  durationMs: z.number(),
  attributes: attributesSchema,
  events: z.array(z.object({ name: z.string(), offsetMs: z.number(), attributes: attributesSchema })),
  /** Whether the span's status is an error, and what it says. */
  error: z.string().exactOptional(),
});
export type Span = z.infer<typeof spanSchema>;
