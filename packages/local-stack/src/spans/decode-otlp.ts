import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import * as z from 'zod';
import { type AttributeValue, type Span, spanKinds } from './span.ts';

const definitions = protobuf.parse(readFileSync(new URL('./otlp.proto', import.meta.url), 'utf8'));
const requestType = definitions.root.lookupType('otlp.ExportTraceServiceRequest');

/** Longs as text, bytes as base64: then both encodings differ in the form of identifiers alone. */
const asJson = { longs: String, bytes: String } as const;

/** The spans of an OTLP/HTTP request in its binary encoding. @throws Error for anything else */
export function decodeProtobuf(body: Uint8Array): Span[] {
  const request = requestType.toObject(requestType.decode(body), asJson);
  return toSpans(requestSchema.parse(request), (id) => Buffer.from(id, 'base64').toString('hex'));
}

/** The spans of an OTLP/HTTP request in its JSON encoding, whose identifiers are hex. @throws Error for anything else */
export function decodeJson(body: unknown): Span[] {
  return toSpans(requestSchema.parse(body), (id) => id.toLowerCase());
}

const anyValueSchema = z.object({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.number().optional(),
  arrayValue: z.object({ values: z.array(z.looseObject({})).optional() }).optional(),
});
const attributesSchema = z.array(z.object({ key: z.string(), value: anyValueSchema.optional() })).default([]);
const nanosSchema = z.union([z.string(), z.number()]).default('0');
const eventSchema = z.object({
  name: z.string().default(''),
  timeUnixNano: nanosSchema,
  attributes: attributesSchema,
});
const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().default(''),
  name: z.string().default(''),
  kind: z.number().default(0),
  startTimeUnixNano: nanosSchema,
  endTimeUnixNano: nanosSchema,
  attributes: attributesSchema,
  events: z.array(eventSchema).default([]),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
  status: z.object({ code: z.number().optional(), message: z.string().optional() }).optional(),
});
const resourceSpansSchema = z.object({
  resource: z.object({ attributes: attributesSchema }).optional(),
  scopeSpans: z.array(z.object({ spans: z.array(spanSchema).default([]) })).default([]),
});
const requestSchema = z.object({ resourceSpans: z.array(resourceSpansSchema).default([]) });

type WireSpan = z.infer<typeof spanSchema>;
type WireAttributes = z.infer<typeof attributesSchema>;

/** `Status.StatusCode` of OTLP. */
const statusError = 2;

function toSpans(request: z.infer<typeof requestSchema>, toHex: (id: string) => string): Span[] {
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(toAttributes(resource?.attributes ?? [])['service.name'] ?? 'unknown');
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => toSpan(span, service, toHex)));
  });
}

function toSpan(span: WireSpan, service: string, toHex: (id: string) => string): Span {
  const startMs = toMs(span.startTimeUnixNano);
  return {
    traceId: toHex(span.traceId),
    spanId: toHex(span.spanId),
    parentSpanId: toHex(span.parentSpanId),
    service,
    name: span.name,
    kind: spanKinds[span.kind] ?? 'UNSPECIFIED',
    startMs,
    durationMs: toMs(span.endTimeUnixNano) - startMs,
    attributes: toAttributes(span.attributes),
    // Backends do not keep them in their order.
    events: span.events
      .map(({ name, timeUnixNano, attributes }) => ({
        name,
        offsetMs: toMs(timeUnixNano) - startMs,
        attributes: toAttributes(attributes),
      }))
      .toSorted((a, b) => a.offsetMs - b.offsetMs),
    links: span.links.map(({ traceId, spanId }) => ({ traceId: toHex(traceId), spanId: toHex(spanId) })),
    ...(span.status?.code === statusError ? { error: span.status.message ?? '' } : {}),
  };
}

/** Microseconds are what a double still holds of today's time. */
function toMs(nanos: string | number): number {
  return Number(BigInt(nanos) / 1_000n) / 1_000;
}

function toAttributes(attributes: WireAttributes): Record<string, AttributeValue> {
  return Object.fromEntries(
    attributes.flatMap(({ key, value }) => {
      const plain = toValue(value ?? {});
      return plain === undefined ? [] : [[key, plain]];
    }),
  );
}

function toValue(value: z.infer<typeof anyValueSchema>): AttributeValue | undefined {
  const { stringValue, boolValue, intValue, doubleValue, arrayValue } = value;
  if (arrayValue !== undefined)
    return (arrayValue.values ?? []).map((item) => toScalar(anyValueSchema.parse(item)));
  return stringValue ?? boolValue ?? doubleValue ?? (intValue === undefined ? undefined : Number(intValue));
}

function toScalar(value: z.infer<typeof anyValueSchema>): string | boolean | number {
  const plain = toValue(value);
  return typeof plain === 'object' || plain === undefined ? JSON.stringify(plain ?? null) : plain;
}
