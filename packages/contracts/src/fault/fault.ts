import * as z from 'zod';

/** What a simulated provider can be made to do to a request. */
export const faultModes = [
  'timeout',
  'error',
  'latency',
  'reset',
  'truncate',
  'malformed',
  'rate_limit',
] as const;
export type FaultMode = (typeof faultModes)[number];

/** Longest time that a fault keeps a request waiting, in milliseconds. */
export const faultLatencyMsMax = 300_000;

/** Whether a mode can answer with a status; the modes that are not here answer none of their own. */
const statusesOf: Readonly<Partial<Record<FaultMode, (status: number) => boolean>>> = {
  error: (status) => status >= 400 && status <= 599,
  rate_limit: (status) => status === 429 || status === 503,
};

/** Body of `PUT /v1/faults/{tool}`, and `200` of `GET`: a fault that hits a share of what is asked of a tool's provider. */
export const faultSchema = z
  .strictObject({
    mode: z.enum(faultModes),
    /** Share of the requests that are hit, from 0 to 1. */
    rate: z.number().min(0).max(1),
    /** Of `error` (400 to 599, 500 by default) and `rate_limit` (429, the default, or 503) alone. */
    status: z.int().exactOptional(),
    /**
     * How long a request waits before it is hit, in milliseconds; 1000 by default for `latency`, else 0. For `timeout`, how
     * long it is held, if its client does not give up before; the longest time by default.
     */
    latencyMs: z.int().min(0).max(faultLatencyMsMax).exactOptional(),
  })
  .superRefine(({ mode, status }, context) => {
    if (status === undefined || statusesOf[mode]?.(status)) return;
    context.addIssue({ code: 'custom', path: ['status'], message: `is no status of mode ${mode}` });
  });
export type Fault = z.infer<typeof faultSchema>;

/** `200` of `GET /v1/faults`: the faults that are set. */
export const faultListSchema = z.object({
  items: z.array(z.object({ tool: z.string(), fault: faultSchema })),
});
export type FaultList = z.infer<typeof faultListSchema>;
