import { type Policy, type Simulation, simulationRequestSchema } from '@4runr/contracts/policy';
import type { Decision, PolicySet } from '@4runr/policy-engine';
import { ProblemError } from '@4runr/service-kit/errors';
import { invalidParams } from '@4runr/service-kit/http';
import type { RequestHandler } from 'express';
import { simulate } from '../../domain/simulate.ts';
import { parseInput } from '../parse-input.ts';
import { parsePolicyDocument } from './policy-document.ts';

/** `POST /internal/simulations`: what would be decided. Touches nothing but memory. */
export function simulateCallHandler(active: { current(): PolicySet }): RequestHandler {
  return (request, response) => {
    const { question, at, policy } = parseInput(simulationRequestSchema, request.body);
    const candidate = policy === undefined ? undefined : parseCandidate(policy);
    const decision = simulate(active.current(), question, {
      at: at === undefined ? new Date() : new Date(at),
      candidate,
    });
    response.set('Cache-Control', 'no-store').json(toSimulation(decision));
  };
}

/** Faults are told of where the document stands in the request. */
function parseCandidate(policy: unknown): Policy {
  try {
    return parsePolicyDocument(policy);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const errors = error.extensions.errors ?? [];
    throw invalidParams(errors.map((fault) => ({ ...fault, pointer: `/policy${fault.pointer}` })));
  }
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
