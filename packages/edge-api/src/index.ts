export { createApiDocument, operations } from './api-document.ts';
export type { Operation } from './operation.ts';
