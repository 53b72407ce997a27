export { type Decision, listDecisions } from './candidates/list-decisions.ts';
export { type ReportedCandidate } from './candidates/list-for-report.ts';
export { type ReviewSettings } from './candidates/review-settings.ts';
export { type CaseSettings } from './cases/case-settings.ts';
export { type CustodyLogSource, readCustodyLog } from './custody/read-custody-log.ts';
export { type Console, type ConsoleOptions, openConsole } from './open-console.ts';
export { openHttpReminderGateway } from './reminders/http-reminder-gateway.ts';
export { type RosterSettings } from './roster/on-duty.ts';
export { exportTuningSet } from './tuning-set/export-examples.ts';
