import { type Simulation, simulationRequestSchema } from '@4runr/contracts/policy';
import type { Decision } from '@4runr/policy-engine';
import type { RequestHandler } from 'express';
import type { ActivePolicies } from '../../domain/active-policies.ts';
import { simulate } from '../../domain/simulate.ts';
import { parseInput } from '../parse-input.ts';
import { parseCandidatePolicy } from './candidate-policy.ts';

/** `POST /internal/simulations`: what would be decided. Touches nothing but memory. */
export function simulateCallHandler(active: Pick<ActivePolicies, 'current'>): RequestHandler {
  return (request, response) => {
    const { question, at, policy } = parseInput(simulationRequestSchema, request.body);
    const candidate = parseCandidatePolicy(policy);
    const decision = simulate(active.current().policies, question, {
      at: at === undefined ? new Date() : new Date(at),
      candidate,
    });
    response.set('Cache-Control', 'no-store').json(toSimulation(decision));
  };
}

function toSimulation({ allowed, reasons, policy, obligations, quotas, shadow }: Decision): Simulation {
  return {
    decision: allowed ? 'allow' : 'deny',
    reasons: [...reasons],
    policy,
    obligations: [...obligations],
    quotas: [...quotas],
    shadow: shadow.map((verdict) => ({ ...verdict, reasons: [...verdict.reasons] })),
  };
}
