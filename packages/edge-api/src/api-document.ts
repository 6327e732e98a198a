import { operatorScopes } from '@4runr/contracts/token';
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { describeOperation, type Operation } from './operation.ts';
import { agentOperations } from './operations/agents.ts';
import { auditOperations } from './operations/audit.ts';
import { credentialOperations } from './operations/credentials.ts';
import { faultOperations } from './operations/faults.ts';
import { healthOperations } from './operations/health.ts';
import { jobOperations } from './operations/jobs.ts';
import { policyOperations } from './operations/policies.ts';
import { tokenOperations } from './operations/tokens.ts';
import { toolOperations } from './operations/tools.ts';

const operationsByTag = {
  tools: toolOperations,
  jobs: jobOperations,
  tokens: tokenOperations,
  agents: agentOperations,
  policies: policyOperations,
  audit: auditOperations,
  credentials: credentialOperations,
  faults: faultOperations,
  health: healthOperations,
};

/** Everything that the edge answers. */
export const operations: readonly Operation[] = Object.values(operationsByTag).flat();

/** The API of the edge (OpenAPI 3.1), for generators of clients and of tests. */
export function createApiDocument(): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: '4RUNR Gateway',
      version: '1',
      description:
        'What agents and operators call at the edge. Failures are problem documents (RFC 9457) with a stable `code`, but those of `/oauth/*` ' +
        '(RFC 6749) and of `/openai/*` (OpenAI).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '{edge}', variables: { edge: { default: 'https://127.0.0.1:8443' } } }],
    tags: Object.keys(operationsByTag).map((name) => ({ name })),
    paths: describePaths(),
    components: {
      headers: {
        CorrelationId: {
          description: 'The trace id of the request',
          schema: { type: 'string', pattern: '^[0-9a-f]{32}$' },
        },
      },
      securitySchemes: {
        accessToken: {
          type: 'oauth2',
          description: 'An access token of `/oauth/token` (RFC 9068), as `Bearer` or, if bound, as `DPoP`',
          flows: {
            clientCredentials: {
              tokenUrl: '/oauth/token',
              scopes: Object.fromEntries(operatorScopes.map((scope) => [scope, `Operators: ${scope}`])),
            },
          },
        },
        clientSecret: { type: 'http', scheme: 'basic', description: 'A client id and its secret' },
      },
    },
  });
}

function describePaths(): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const [tag, ofTag] of Object.entries(operationsByTag)) {
    for (const operation of ofTag)
      paths[operation.path] = {
        ...paths[operation.path],
        [operation.method]: describeOperation(operation, tag),
      };
  }
  return paths;
}
