import type { Fault, FaultList } from './fault.ts';

/** Every second request fails. */
export const faultExample: Fault = { mode: 'error', rate: 0.5, status: 503, latencyMs: 20 };

/** The least that can be said. */
export const shortFaultExample: Fault = { mode: 'reset', rate: 1 };

export const faultListExample: FaultList = { items: [{ tool: 'serpapi', fault: faultExample }] };
