export { type Decision, listDecisions } from './candidates/list-decisions.ts';
export { type ReportedCandidate } from './candidates/list-for-report.ts';
export { type Console, type ConsoleOptions, openConsole } from './open-console.ts';
