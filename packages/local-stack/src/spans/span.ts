import * as z from 'zod';

const attributeValueSchema = z.union([
  z.string(),
  z.boolean(),
  z.number(),
  z.array(z.union([z.string(), z.boolean(), z.number()])),
]);
export type AttributeValue = z.infer<typeof attributeValueSchema>;

/** `Span.SpanKind` of OTLP, by its numbers. */
export const spanKinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;
export type SpanKind = (typeof spanKinds)[number];

const attributesSchema = z.record(z.string(), attributeValueSchema);

/** A finished span as the local receiver keeps it. */
export const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  /** Empty for a root. */
  parentSpanId: z.string(),
  service: z.string(),
  name: z.string(),
  kind: z.enum(spanKinds),
  /** Milliseconds since the epoch, with fractions. */
  startMs: z.number(),
  durationMs: z.number(),
  attributes: attributesSchema,
  events: z.array(z.object({ name: z.string(), offsetMs: z.number(), attributes: attributesSchema })),
  /** Spans of other traces that this one goes back to. */
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })),
  /** Whether the span's status is an error, and what it says. */
  error: z.string().exactOptional(),
});
export type Span = z.infer<typeof spanSchema>;
