import * as z from 'zod';

/** What OpenAI says of a failure (https://platform.openai.com/docs/guides/error-codes). */
export const complaintSchema = z
  .object({
    error: z.object({ message: z.string(), code: z.string().nullish(), type: z.string().nullish() }),
  })
  .transform(({ error: { message, code, type } }) => ({ message, code: code ?? type ?? undefined }));
