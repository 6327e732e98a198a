import { trace } from '@opentelemetry/api';
import { ClientGoneError } from '../domain/call.ts';

/** One stage of a call's way: takes what the stages before it have established, and adds to it or throws a `ProblemError`. */
export type Step<In, Out> = (call: In) => Out | Promise<Out>;

/** What can be left by who asked for it. */
interface Leavable {
  readonly signal: AbortSignal;
}

/** An ordered list of steps whose types fit: a step cannot stand before the one that makes what it needs. */
export interface Pipeline<In, Out> {
  step<Next>(name: string, step: Step<Out, Next>): Pipeline<In, Next>;
  /** Adds a step that is taken also when nobody waits any more: it brings to an end what has been done. */
  finish<Next>(name: string, step: Step<Out, Next>): Pipeline<In, Next>;
  /** @throws ClientGoneError before a step that nobody waits for any more; and what the steps throw */
  run(call: In): Promise<Out>;
}

/** An empty list. Each step that ends well leaves an event of its name on the active span. */
export function pipeline<In extends Leavable>(): Pipeline<In, In> {
  return pipelineOf<In, In>([]);
}

interface NamedStep {
  readonly name: string;
  readonly isFinishing: boolean;
  /** Fits the step before it: `Pipeline.step` has seen to that. */
  readonly step: Step<never, unknown>;
}

function pipelineOf<In extends Leavable, Out>(steps: readonly NamedStep[]): Pipeline<In, Out> {
  return {
    step: (name, step) => pipelineOf([...steps, { name, step, isFinishing: false }]),
    finish: (name, step) => pipelineOf([...steps, { name, step, isFinishing: true }]),
    async run(call) {
      const span = trace.getActiveSpan();
      let reached: unknown = call;
      for (const { name, step, isFinishing } of steps) {
        if (call.signal.aborted && !isFinishing) throw new ClientGoneError();
        reached = await step(reached as never);
        span?.addEvent(name);
      }
      return reached as Out;
    },
  };
}
