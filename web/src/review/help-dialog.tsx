import { useEffect, useRef } from 'react';
import type { DictionaryKey } from '../i18n/dictionaries.ts';
import { useLanguage } from '../i18n/language.tsx';
import { type ReviewCommand, rejectKeys, reviewBindings, toKeyLabel } from './key-map.ts';

/** Every key, from the table that also decides what keys do. */
export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLanguage();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className="help" aria-labelledby="help-title" onClose={onClose}>
      <header>
        <h2 id="help-title">{t('help.title')}</h2>
        <button type="button" className="button" onClick={onClose}>
          {t('close')} <kbd>Esc</kbd>
        </button>
      </header>
      <dl className="help-keys">
        {reviewBindings.map(({ keys, command }) => (
          <div key={keys[0]}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{toKeyLabel(key)}</kbd>
              ))}
            </dt>
            <dd>{command.kind === 'toggle_check' ? t(`check.${command.check}`) : t(toHelpKey(command))}</dd>
          </div>
        ))}
      </dl>
      <h3>{t('help.reject')}</h3>
      <dl className="help-keys">
        {Object.entries(rejectKeys).map(([reason, key]) => (
          <div key={reason}>
            <dt>
              <kbd>R</kbd>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(`reason.${reason as keyof typeof rejectKeys}`)}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet small">{t('help.fields')}</p>
    </dialog>
  );
}

function toHelpKey(command: Exclude<ReviewCommand, { kind: 'toggle_check' }>): DictionaryKey {
  return `key.${command.kind}`;
}
