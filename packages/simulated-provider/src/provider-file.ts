import { toolNameSchema } from '@4runr/contracts/manifest';
import * as z from 'zod';

/** The file in an adapter's folder that says how its provider answers. */
export const providerFileName = 'simulated-provider.json';

/** A part of a request: `{title}` of its path, `query.q`, `header.x-api-key`, `body.member.member`, or its whole `body`. */
const referenceSchema = z.string().regex(/^(\w+|query\.[\w.-]+|header\.[a-z0-9-]+|body(\.\w+)*)$/);

const pathSchema = z
  .string()
  .regex(
    /^(\/([\w.~@:-]+|\{[a-zA-Z]\w*\}))+$/,
    'is no path of segments and {placeholders}, such as /v1/items/{id}',
  );

/**
 * Text, in which `{reference}` stands for that part of the request. A text that is nothing but one reference becomes the
 * part itself, whatever its type.
 */
const templateSchema = z.json();

const documentedShape = {
  /** The provider's page that documents this answer. */
  source: z.url({ protocol: /^https?$/ }),
  /** The day when it was read there. */
  date: z.iso.date(),
};

const documentedAnswerSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: pathSchema,
  /** The answer is for requests whose parts are these; null is a part that is not there. Default: any. */
  when: z.record(referenceSchema, z.string().nullable()).default({}),
  ...documentedShape,
  status: z.int().min(200).max(599).default(200),
  headers: z.record(z.string().regex(/^[\w-]+$/), z.string()).default({}),
  body: templateSchema,
});

/** How a provider answers: the first answer that fits a request is its. */
export const simulatedProviderSchema = z.strictObject({
  tool: toolNameSchema,
  answers: z.array(documentedAnswerSchema).min(1),
  /** The provider's form of a failure, with `{status}` and `{detail}`: unknown paths, and faults that operators set. */
  failure: z.strictObject({ ...documentedShape, body: templateSchema }),
  /** The part of a request that is its credential, for the simulator's record of those that it was shown. */
  credential: referenceSchema.exactOptional(),
});

export type SimulatedProvider = z.infer<typeof simulatedProviderSchema>;
export type DocumentedAnswer = SimulatedProvider['answers'][number];

/**
 * Reads the text of a file.
 *
 * @throws Error naming everything that is wrong with it
 */
export function parseSimulatedProvider(text: string): SimulatedProvider {
  const read = simulatedProviderSchema.safeParse(parseJson(text));
  if (read.success) return read.data;
  const wrong = read.error.issues.map(
    ({ path, message }) => `  ${path.join('.') || 'all of it'}: ${message}`,
  );
  throw new Error(`the simulated provider is not usable:\n${wrong.join('\n')}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error('the simulated provider is not JSON', { cause });
  }
}
