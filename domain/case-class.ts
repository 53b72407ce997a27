import { type Offence, offenceFacts } from './offence.ts';

/** Families of class codes. 04 is street order in the one and an emergency in the other: a code without its scheme says nothing. */
export const classSchemes = ['gbt30428.2-2013', 'cjt214-2007', 'local'] as const;
export type ClassScheme = (typeof classSchemes)[number];

/** A subclass of the city's list: `04-09` of a scheme. */
export interface CaseClass {
  readonly scheme: ClassScheme;
  readonly code: string;
}

/** Local codes (80-99) of offences that the national list has no subclass for. */
const localCodes: Partial<Record<Offence, string>> = { overflowing_bin: '01-92' };

/** The class of what a rule watches for, in the primary scheme where it has one. */
export function toOffenceClass(offence: Offence): CaseClass {
  const { gbCode } = offenceFacts[offence];
  return gbCode === null
    ? { scheme: 'local', code: localCodes[offence] ?? offence }
    : { scheme: 'gbt30428.2-2013', code: gbCode };
}
