export { findPii, holdsPii, type PiiMatch } from './find-pii.ts';
