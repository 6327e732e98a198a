import { isAdapterObligation } from '@4runr/contracts/decision';
import { adapterServiceName } from '@4runr/contracts/mesh';
import { ProblemError } from '@4runr/service-kit/errors';
import { type MeshKeyring, signPermit } from '@4runr/service-kit/mesh';
import type { IssuePermit } from '../domain/decision-point.ts';

/**
 * Signs permits with the pairwise key of the tool's adapter.
 *
 * @throws ProblemError `service.unavailable` when the installer gave this service no key for the adapter
 */
export function createPermitIssuer(keyring: MeshKeyring): IssuePermit {
  return ({ subject, action, resource, context }, { decisionId, obligations, paramsSha256 }) => {
    const aud = adapterServiceName(resource.id);
    const grant = {
      aud,
      sub: subject.id,
      scope: action.name,
      decisionId,
      callId: context.callId,
      paramsSha256,
      obligations: obligations.filter(isAdapterObligation),
    };
    try {
      return signPermit(keyring, grant);
    } catch (cause) {
      throw new ProblemError('service.unavailable', { detail: `No permit can be made for ${aud}.`, cause });
    }
  };
}
