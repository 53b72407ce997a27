import type { CaseSummary, OffenceRef } from '../api/types.ts';
import { useLanguage } from './language.tsx';

/** Offences carry their own names from the server. */
export function useOffenceName(): (offence: OffenceRef) => string {
  const { language } = useLanguage();
  return (offence) => (language === 'en' ? offence.nameEn : offence.nameZh);
}

/** What a case is about: its offence, or the class of the city's list where no rule watches for it. */
export function useClassName(): (file: Pick<CaseSummary, 'offence' | 'class'>) => string {
  const offenceName = useOffenceName();
  return (file) => (file.offence === null ? file.class.name : offenceName(file.offence));
}
