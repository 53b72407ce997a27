export { listStanding } from './list-standing.ts';
export { createPlaceState, type PlaceState, stepPlace } from './shared-place.ts';
export { createRulesState, type RulesCounters, type RulesState, reviveRulesState } from './state.ts';
export { step } from './step.ts';
