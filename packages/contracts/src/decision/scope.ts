import * as z from 'zod';

/** A tool and one of its actions: `serpapi:search`. */
export const callScopeSchema = z.string().regex(/^[a-z][a-z0-9_]{0,62}:[a-z][a-z0-9_]{0,62}$/);
