import * as z from 'zod';

/** Any text, the empty one included. */
export const text = (): z.ZodType<string, string> => z.string();

/** A whole number between `min` and `max`, both included. */
export function integer(min: number, max: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^-?\d+$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}

/** A number between `min` and `max`, both included. */
export function decimal(min: number, max: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^-?\d+(\.\d+)?$/, 'is not a number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}

/** A TCP port; 0 lets the system choose. */
export const port = (): z.ZodType<number, string> => integer(0, 65_535);

/** An absolute URL of one of the schemes, without a trailing slash. */
export function url(...schemes: readonly string[]): z.ZodType<string, string> {
  return z
    .string()
    .refine(
      (value) =>
        !/\s/.test(value) && URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)),
      {
        error: `is not a URL with scheme ${schemes.join(' or ')}`,
      },
    )
    .transform((value) => value.replace(/\/+$/, ''));
}

/** Comma-separated values, trimmed, empty ones left out. */
export function list(): z.ZodType<readonly string[], string> {
  return z.string().transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );
}

/** Comma-separated absolute URLs of one of the schemes, without trailing slashes. */
export function urlList(...schemes: readonly string[]): z.ZodType<readonly string[], string> {
  return list().pipe(z.array(url(...schemes)) as z.ZodType<readonly string[], readonly string[]>);
}

/** `on` or `off`. */
export function flag(): z.ZodType<boolean, string> {
  return z.enum(['on', 'off'], { error: 'is neither on nor off' }).transform((value) => value === 'on');
}

/** JSON that fits a schema. */
export function json<T>(schema: z.ZodType<T>): z.ZodType<T, string> {
  return z
    .string()
    .transform((value, context): unknown => {
      try {
        return JSON.parse(value);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema) as unknown as z.ZodType<T, string>;
}

/** Exactly `bytes` bytes in base64 (either alphabet). */
export function base64Bytes(bytes: number): z.ZodType<Buffer, string> {
  return z
    .string()
    .regex(/^[\w+/-]*={0,2}$/, 'is not base64')
    .transform((value) => Buffer.from(value, 'base64'))
    .refine((value) => value.length === bytes, { error: `is not ${bytes} bytes in base64` });
}
