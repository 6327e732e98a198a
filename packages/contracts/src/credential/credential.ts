import * as z from 'zod';
import { nameSchema } from '../manifest/index.ts';

/** A credential has at most this many members. */
export const credentialFieldsMax = 20;

/** What the name of a member looks like, and what a member may hold. */
export const credentialFieldNameForm = /^[a-zA-Z][a-zA-Z0-9_]{0,62}$/;
export const credentialFieldSchema = z.string().min(1).max(16_384);

/**
 * Body of `PUT /v1/credentials/{tool}`, and what an adapter finds in its JWE: the parts of a provider's credential by name,
 * `{"apiKey": "…"}`. Which names a tool needs is its adapter's to say. No fault repeats a name that could not be one: whoever
 * mixes up name and value would find a secret in the answer.
 */
export const credentialFieldsSchema = z
  // Not zod's record, which leaves a member `__proto__` out without a word.
  .custom<Readonly<Record<string, unknown>>>(isObject, { error: 'must be an object' })
  .refine((fields) => Object.keys(fields).every((name) => credentialFieldNameForm.test(name)), {
    error: 'has a member whose name is not a letter and up to 62 letters, digits or underscores',
  })
  .refine((fields) => isWithin(Object.keys(fields).length), {
    error: `must have 1 to ${credentialFieldsMax} members`,
  })
  .pipe(z.record(z.string(), credentialFieldSchema));
export type CredentialFields = z.infer<typeof credentialFieldsSchema>;

/**
 * A stored credential as operators see it: everything but the secrets. `200` of `GET` and `PUT /v1/credentials/{tool}`, `201`
 * of the first `PUT`, with an `ETag`.
 */
export const credentialSchema = z.object({
  tool: nameSchema,
  /** Raised by every `PUT`, also by one that follows a `DELETE`: a version never comes twice. */
  version: z.int().min(1),
  /** Names of the members, in alphabetical order. */
  fields: z.array(z.string().regex(credentialFieldNameForm)).min(1).max(credentialFieldsMax),
  /** When the tool was first given a credential, or first again since the last `DELETE`. */
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** `sub` of the operator whose `PUT` this version is. */
  updatedBy: z.string().min(1),
});
export type Credential = z.infer<typeof credentialSchema>;

/** `200` of `GET /v1/credentials`, by the name of the tool. */
export const credentialListSchema = z.object({ items: z.array(credentialSchema) });
export type CredentialList = z.infer<typeof credentialListSchema>;

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWithin(members: number): boolean {
  return members >= 1 && members <= credentialFieldsMax;
}
