import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { type DictionaryKey, dictionaries, type Language, languages } from './dictionaries.ts';

const storageKey = 'xunjie.language';

export type Translate = (key: DictionaryKey, values?: Readonly<Record<string, string | number>>) => string;

interface LanguageContextValue {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  readonly t: Translate;
}

const LanguageContext = createContext<LanguageContextValue | null>(null);

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguageState] = useState<Language>(() =>
    chooseLanguage(readStored(), navigator.languages ?? [navigator.language]),
  );
  const setLanguage = useCallback((next: Language) => {
    setLanguageState(next);
    store(next);
  }, []);
  const value = useMemo(
    () => ({ language, setLanguage, t: createTranslate(language) }),
    [language, setLanguage],
  );
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = value.t('app.name');
  }, [language, value]);
  return <LanguageContext.Provider value={value}>{children}</LanguageContext.Provider>;
}

export function useLanguage(): LanguageContextValue {
  const value = useContext(LanguageContext);
  if (value === null) throw new Error('useLanguage outside LanguageProvider');
  return value;
}

/** The stored choice, else the first preferred language we have, else Chinese. */
export function chooseLanguage(stored: string | null, preferred: readonly string[]): Language {
  const known = languages.find((language) => language === stored);
  if (known !== undefined) return known;
  for (const tag of preferred) {
    const match = languages.find((language) => tag.toLowerCase().split('-')[0] === language.split('-')[0]);
    if (match !== undefined) return match;
  }
  return 'zh-CN';
}

/** Looks a key up and fills in its `{name}` places. */
export function createTranslate(language: Language): Translate {
  const dictionary = dictionaries[language];
  return (key, values = {}) =>
    dictionary[key].replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

// A browser may refuse storage altogether (private windows, policy): the choice then lasts as long as the page.
function readStored(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function store(language: Language): void {
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    return;
  }
}
