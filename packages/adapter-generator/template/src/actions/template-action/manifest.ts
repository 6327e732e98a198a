import type { ActionManifest } from '@4runr/contracts/manifest';

/** Parameters of `template_tool:template_action`. */
export interface TemplateActionParams {
  readonly id: string;
}

export const templateActionManifest: ActionManifest = {
  description: 'Reads an item of the provider.',
  effect: 'read',
  timeoutMs: 10_000,
  params: {
    type: 'object',
    required: ['id'],
    properties: {
      id: {
        type: 'string',
        minLength: 1,
        maxLength: 200,
        // As segments of a path, these would lead to another one.
        not: { enum: ['.', '..'] },
        description: 'Which item is read.',
      },
    },
    additionalProperties: false,
    examples: [{ id: 'a1' }],
  },
  result: {
    type: 'object',
    required: ['id', 'name'],
    properties: {
      id: { type: 'string' },
      name: { type: 'string', description: 'What people call it.' },
    },
    additionalProperties: false,
  },
  //#region read
  cache: { ttlSeconds: 60, scope: 'shared' },
  //#endregion
};
