export { InvalidPolicyFilesError, type PolicyFile, readPolicyFolder } from './read-policy-folder.ts';
