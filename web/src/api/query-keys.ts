/** Names of what is kept from the server; an event of a kind makes everything under its first word stale. */
export const queryKeys = {
  session: ['session'],
  loginWays: ['session', 'ways'],
  account: ['account'],
  accountSessions: ['account', 'sessions'],
  accounts: ['accounts'],
  keys: ['keys'],
  audit: (filter: Readonly<Record<string, string>>) => ['audit', filter],
  candidates: ['candidate'],
  candidateQueue: ['candidate', 'queue'],
  candidate: (id: string) => ['candidate', 'one', id],
  // Not below `candidate`: a plate changes when somebody writes it, not with every event of the queue.
  plate: (candidateId: string) => ['plate', candidateId],
  cases: ['case'],
  caseList: (filter: Readonly<Record<string, string>>) => ['case', 'list', filter],
  case: (caseNo: string) => ['case', 'one', caseNo],
  cameras: ['camera'],
  summary: ['summary'],
  // Below the summary: what makes that stale makes this stale.
  wall: ['summary', 'wall'],
  cameraRecord: (id: string) => ['camera', 'record', id],
  indicators: (question: object | null) => ['indicator', question],
  registries: ['registry'],
  entries: (registry: string) => ['registry', registry, 'entries'],
  history: (registry: string, key: string) => ['registry', registry, 'history', key],
  units: ['unit'],
  standards: (offence: string) => ['standard', offence],
} as const;
