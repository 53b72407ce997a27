export { listStanding } from './list-standing.ts';
export { createRulesState, type RulesCounters, type RulesState } from './state.ts';
export { step } from './step.ts';
