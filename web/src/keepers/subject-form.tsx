import { type FormEvent, useState } from 'react';
import { describeError } from '../api/describe-error.ts';
import { type Account, setSubject, useKeeperAct } from '../api/keepers.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useLanguage } from '../i18n/language.tsx';

/** Ties an account to whom the city's provider means by a subject, or lets it go. */
export function SubjectForm({ account, onDone }: { readonly account: Account; readonly onDone: () => void }) {
  const { t } = useLanguage();
  const tie = useKeeperAct(queryKeys.accounts, setSubject);
  const [subject, setSubjectText] = useState(account.subject ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = subject.trim();
    tie.mutate({ id: account.id, subject: given === '' ? null : given }, { onSuccess: onDone });
  };
  return (
    <form className="drop-form" onSubmit={submit}>
      <label>
        {t('keepers.subject')}
        <input
          autoFocus
          maxLength={255}
          autoCapitalize="none"
          value={subject}
          onChange={(event) => setSubjectText(event.target.value)}
        />
      </label>
      <button type="submit" className="button small" disabled={tie.isPending}>
        {t('keepers.save')}
      </button>
      <button type="button" className="button small" onClick={onDone}>
        {t('cancel')}
      </button>
      {tie.error !== null && (
        <p className="error-line" role="alert">
          {describeError(tie.error, t)}
        </p>
      )}
    </form>
  );
}
