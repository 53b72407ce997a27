/** Names of what is kept from the server; an event of a kind makes everything under its first word stale. */
export const queryKeys = {
  session: ['session'],
  candidates: ['candidate'],
  candidateQueue: ['candidate', 'queue'],
  candidate: (id: string) => ['candidate', 'one', id],
  cases: ['case'],
  caseList: (filter: Readonly<Record<string, string>>) => ['case', 'list', filter],
  case: (caseNo: string) => ['case', 'one', caseNo],
  cameras: ['camera'],
  summary: ['summary'],
  units: ['unit'],
  standards: (offence: string) => ['standard', offence],
} as const;
