import { type AuthzenConfiguration, evaluationPath, evaluationsPath } from '@4runr/contracts/decision';
import type { RequestHandler } from 'express';

/** `GET /.well-known/authzen-configuration` (AuthZEN 1.0 section 9). */
export function authzenConfigurationHandler(decisionPointUrl: string): RequestHandler {
  const configuration: AuthzenConfiguration = {
    policy_decision_point: decisionPointUrl,
    access_evaluation_endpoint: `${decisionPointUrl}${evaluationPath}`,
    access_evaluations_endpoint: `${decisionPointUrl}${evaluationsPath}`,
  };
  return (_request, response) => {
    response.set('Cache-Control', 'public, max-age=300').json(configuration);
  };
}
