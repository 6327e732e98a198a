import type { Params } from '@4runr/contracts/call';
import { asksForStream } from '@4runr/contracts/manifest';
import type { ProblemError } from '@4runr/service-kit/errors';
import { invalidParams, toJsonPointer } from '@4runr/service-kit/http';
import type { ResolvedCall, ValidatedCall } from '../domain/call.ts';
import { assertIntent } from './assert-intent.ts';
import type { Step } from './pipeline.ts';

/**
 * Does what was sent fit? Looks at the intent, reads the body, checks it against the action's schema and picks out the
 * facts that policy asks for. No body at all is an empty object.
 *
 * @throws ProblemError `params.invalid` with JSON Pointers, also for a stream where answers are whole, `request.invalid`; and
 * what reading the body throws
 */
export function validate(): Step<ResolvedCall, ValidatedCall> {
  return async (call) => {
    assertIntent(call.intent);
    const { body = {}, bytes } = await call.readBody();
    const faults = call.action.findFaults(body, bytes);
    if (faults.length > 0) throw invalidParams(faults);
    const params = body as Params;
    const streamed = asksForStream(call.action.manifest, params);
    if (streamed && !call.takesStream) throw notStreamedHere(call);
    return { ...call, params, facts: call.action.extractFacts(params), requestBytes: bytes, streamed };
  };
}

function notStreamedHere({ action: { manifest } }: ResolvedCall): ProblemError {
  const pointer = toJsonPointer([manifest.streaming?.param ?? '']);
  return invalidParams([{ pointer, detail: 'must not be true: answers are whole here' }]);
}
