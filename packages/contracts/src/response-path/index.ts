export { parseResponsePath, type ResponsePathStep, responsePathSchema } from './response-path.ts';
