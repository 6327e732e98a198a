import * as z from 'zod';

/** Kinds of personal data that can be found in texts. */
export const piiKinds = ['email', 'phone', 'ssn', 'credit_card'] as const;
export const piiKindSchema = z.enum(piiKinds);
export type PiiKind = (typeof piiKinds)[number];
