export { createTextSealer, type TextSealer, type TextSealerOptions } from './text-sealer.ts';
