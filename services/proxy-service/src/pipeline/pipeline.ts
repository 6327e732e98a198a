import { trace } from '@opentelemetry/api';

/** One stage of a call's way: takes what the stages before it have established, and adds to it or throws a `ProblemError`. */
export type Step<In, Out> = (call: In) => Out | Promise<Out>;

/** An ordered list of steps whose types fit: a step cannot stand before the one that makes what it needs. */
export interface Pipeline<In, Out> {
  step<Next>(name: string, step: Step<Out, Next>): Pipeline<In, Next>;
  run(call: In): Promise<Out>;
}

/** An empty list. Each step that ends well leaves an event of its name on the active span. */
export function pipeline<In>(): Pipeline<In, In> {
  return extend<In, In>(async (call) => call);
}

function extend<In, Out>(run: (call: In) => Promise<Out>): Pipeline<In, Out> {
  return {
    run,
    step: (name, step) =>
      extend(async (call) => {
        const next = await step(await run(call));
        trace.getActiveSpan()?.addEvent(name);
        return next;
      }),
  };
}
