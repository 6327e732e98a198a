import * as z from 'zod';

/** Largest number of entries in any list of a document. */
const entriesMax = 1_000;

/** A list without repetitions. An empty one allows nothing, or denies nothing. */
export function listOf<Entry extends string>(entry: z.ZodType<Entry, Entry>, max = entriesMax) {
  return z
    .array(entry)
    .max(max)
    .superRefine((entries, context) => {
      entries.forEach((text, index) => {
        if (entries.indexOf(text) < index)
          context.addIssue({ code: 'custom', path: [index], message: 'is repeated' });
      });
    });
}

/** Such a list of at least one entry. */
export function someOf<Entry extends string>(entry: z.ZodType<Entry, Entry>) {
  return listOf(entry).refine((entries) => entries.length > 0, 'is empty');
}
