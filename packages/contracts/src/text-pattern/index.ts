export {
  parseTextPattern,
  type TextPattern,
  textPatternLengthMax,
  textPatternSchema,
} from './text-pattern.ts';
