import type { OffenceRef } from '../api/types.ts';
import { useLanguage } from './language.tsx';

/** Offences carry their own names from the server. */
export function useOffenceName(): (offence: OffenceRef) => string {
  const { language } = useLanguage();
  return (offence) => (language === 'en' ? offence.nameEn : offence.nameZh);
}
