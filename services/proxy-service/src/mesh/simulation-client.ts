import {
  type Simulation,
  type SimulationRequest,
  simulationPath,
  simulationSchema,
} from '@4runr/contracts/policy';
import { problemSchema } from '@4runr/contracts/problem';
import type { ServiceClient, ServiceResponse } from '@4runr/service-kit/client';
import { ProblemError } from '@4runr/service-kit/errors';
import { invalidParams } from '@4runr/service-kit/http';
import { jsonOf, unexpectedAnswer } from './json-answer.ts';
import { policyUnavailable } from './policy-client.ts';

/**
 * Asks policy-service what it would decide. Takes and records nothing.
 *
 * @throws ProblemError `params.invalid` for a candidate policy that is none; `body.too_large`; `policy.unavailable`
 */
export type Simulate = (request: SimulationRequest) => Promise<Simulation>;

const timeoutMs = 5_000;

export function createSimulate(client: ServiceClient): Simulate {
  return async (body) => {
    const response = await client
      .request({ method: 'POST', path: simulationPath, body, timeoutMs, idempotent: true })
      .catch((error: unknown) => {
        throw policyUnavailable(error);
      });
    return readSimulation(response);
  };
}

function readSimulation(response: ServiceResponse): Simulation {
  if (response.status === 413) throw new ProblemError('body.too_large');
  const problem = problemSchema.safeParse(jsonOf(response)).data;
  if (problem?.code === 'params.invalid') throw invalidParams(problem.errors ?? []);
  const simulation = simulationSchema.safeParse(jsonOf(response));
  if (response.status === 200 && simulation.success) return simulation.data;
  throw policyUnavailable(unexpectedAnswer('policy-service', response, simulation.error));
}
