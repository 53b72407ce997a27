export { type ClearConvention, clearConventions } from './clear-matching.ts';
export { evaluateTracking, type MotFigures } from './evaluate.ts';
export { type MotRow, parseMotLine, toMotLine } from './mot-row.ts';
export {
  guessTruthFormat,
  type MotRows,
  type TruthFormat,
  toMotSequence,
  truthFormats,
} from './sequence.ts';
