import { useEffect, useState } from 'react';
import { useLanguage } from '../i18n/language.tsx';
import { type CaseSearch, canSortByDeadline } from './case-search.ts';

/** Somebody who types is not asked about every character. */
const typingMs = 300;

/** Looks for cases by number or words; only late ones; most pressing first. */
export function SearchForm({
  search,
  onChange,
}: {
  readonly search: CaseSearch;
  readonly onChange: (search: CaseSearch) => void;
}) {
  const { t } = useLanguage();
  const [words, setWords] = useState(search.words);
  // The address may change by itself: back, forward, a link.
  useEffect(() => setWords(search.words), [search.words]);
  useEffect(() => {
    if (words === search.words) return undefined;
    const timer = setTimeout(() => onChange({ ...search, words }), typingMs);
    return () => clearTimeout(timer);
  }, [words, search, onChange]);
  return (
    <form className="case-search" role="search" onSubmit={(event) => event.preventDefault()}>
      <label>
        <span className="visually-hidden">{t('cases.words')}</span>
        <input
          type="search"
          maxLength={60}
          placeholder={t('cases.words')}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </label>
      <label>
        <input
          type="checkbox"
          checked={search.isLate}
          onChange={(event) => onChange({ ...search, isLate: event.target.checked })}
        />
        {t('cases.onlyLate')}
      </label>
      <label>
        <input
          type="checkbox"
          checked={search.isByDeadline && canSortByDeadline(search.state)}
          disabled={!canSortByDeadline(search.state)}
          onChange={(event) => onChange({ ...search, isByDeadline: event.target.checked })}
        />
        {t('cases.byDeadline')}
      </label>
    </form>
  );
}
