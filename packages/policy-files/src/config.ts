/** An operator's access token from the environment; no setting of a service. */
export function readOperatorToken(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return environment.OPERATOR_TOKEN === '' ? undefined : environment.OPERATOR_TOKEN;
}
