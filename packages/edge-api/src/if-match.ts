import * as z from 'zod';

/** Changes name what they change by its `ETag`, or `*` for whatever it is by now (RFC 9110 section 13.1.1). */
export const ifMatch = z.object({ 'If-Match': z.string().meta({ example: '*' }) });
