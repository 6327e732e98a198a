import type { Policy } from '@4runr/contracts/policy';

/** The policies of a new installation. Once stored they belong to the operators, who may change or delete them. */
export const builtInPolicies: readonly Policy[] = [
  {
    name: 'scraper',
    subjects: { roles: ['scraper'] },
    allow: ['serpapi:search', 'http_fetch:get', 'http_fetch:head'],
  },
  {
    name: 'enricher',
    subjects: { roles: ['enricher'] },
    allow: ['http_fetch:get', 'openai:chat'],
    guards: { models: { allow: ['gpt-4o-mini'] } },
  },
  {
    name: 'engager',
    subjects: { roles: ['engager'] },
    allow: ['gmail_send:send'],
    guards: { recipients: { allow: ['*@company.com'] } },
  },
];
