import { languages } from '../i18n/dictionaries.ts';
import { useLanguage } from '../i18n/language.tsx';

const ownNames = { 'zh-CN': '中文', en: 'English' } as const;

export function LanguageSwitch() {
  const { language, setLanguage, t } = useLanguage();
  return (
    <div className="language-switch" role="group" aria-label={t('language')}>
      {languages.map((choice) => (
        <button
          key={choice}
          type="button"
          lang={choice}
          aria-pressed={choice === language}
          onClick={() => setLanguage(choice)}
        >
          {ownNames[choice]}
        </button>
      ))}
    </div>
  );
}
