import type { Params } from '@4runr/contracts/call';
import { ProblemError } from '@4runr/service-kit/errors';
import type { ResolvedCall, ValidatedCall } from '../domain/call.ts';
import type { Step } from './pipeline.ts';

/** Form of `Agent-Intent`: a word that policies can name. */
const intentForm = /^[\w.:-]{1,128}$/;

/**
 * Do the parameters fit? Reads the body, checks it against the action's schema and picks out the facts that policy asks
 * for. @throws ProblemError `params.invalid` with JSON Pointers, `request.invalid`; and what reading the body throws
 */
export function validate(): Step<ResolvedCall, ValidatedCall> {
  return async (call) => {
    if (call.intent !== undefined && !intentForm.test(call.intent)) {
      throw new ProblemError('request.invalid', {
        detail: 'Agent-Intent is a word of at most 128 characters.',
      });
    }
    const { body, bytes } = await call.readBody();
    const errors = call.action.findFaults(body ?? {}, bytes);
    if (errors.length > 0) throw new ProblemError('params.invalid', { extensions: { errors: [...errors] } });
    const params = (body ?? {}) as Params;
    return { ...call, params, facts: call.action.extractFacts(params), requestBytes: bytes };
  };
}
