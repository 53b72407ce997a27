export { type ClearConvention, clearConventions } from './clear-matching.ts';
export { evaluateTracking, type MotFigures } from './evaluate.ts';
export { createFollower, type FollowedBox } from './follow.ts';
export { type MotRow, parseMotLine, toMotLine } from './mot-row.ts';
export { chooseScoreScale } from './score-scale.ts';
export {
  guessTruthFormat,
  type MotRows,
  type TruthFormat,
  toMotSequence,
  truthFormats,
} from './sequence.ts';
