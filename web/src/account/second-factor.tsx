import { type FormEvent, useId, useState } from 'react';
import {
  type BegunFactor,
  beginFactor,
  confirmFactor,
  type OwnAccount,
  removeFactor,
  renewRecoveryCodes,
  useAccountAct,
} from '../api/account.ts';
import { describeError } from '../api/describe-error.ts';
import { useLanguage } from '../i18n/language.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** Set up, renewed or removed here. New recovery codes stay on the page until it is left: they are shown once. */
export function SecondFactor({ account }: { readonly account: OwnAccount }) {
  const { t } = useLanguage();
  const title = useId();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const { isOn, isRequired, recoveryCodesLeft } = account.secondFactor;
  return (
    <section className="account-card" aria-labelledby={title}>
      <h2 id={title}>{t('account.factor')}</h2>
      <p className="quiet">{t('account.factorWhat')}</p>
      <p>
        <span className="state">{t(isOn ? 'account.factorOn' : 'account.factorOff')}</span>{' '}
        {isOn && t('account.codesLeft', { n: recoveryCodesLeft })}
        {!isOn && isRequired && t('account.factorRequired')}
      </p>
      {codes !== null && <RecoveryCodes codes={codes} />}
      {isOn ? <UsedFactor canRemove={!isRequired} onCodes={setCodes} /> : <NewFactor onCodes={setCodes} />}
    </section>
  );
}

interface WithCodes {
  readonly onCodes: (codes: readonly string[] | null) => void;
}

function NewFactor({ onCodes }: WithCodes) {
  const { t } = useLanguage();
  const begin = useAccountAct(beginFactor, true);
  // This form goes as soon as the factor is on: the codes are handed up before that.
  const confirm = useAccountAct(async (given: { code: string }) => {
    const confirmed = await confirmFactor(given);
    onCodes(confirmed.recoveryCodes);
    return confirmed;
  });
  const [current, setCurrent] = useState('');
  const [code, setCode] = useState('');
  const begun: BegunFactor | undefined = begin.data;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (begun === undefined) begin.mutate({ current });
    else confirm.mutate({ code });
  };
  const error = confirm.error ?? begin.error;
  return (
    <form onSubmit={submit}>
      {begun === undefined ? (
        <label>
          {t('account.current')}
          <input
            type="password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </label>
      ) : (
        <>
          <p>{t('account.scan')}</p>
          <img
            className="account-qr"
            src={`data:image/svg+xml,${encodeURIComponent(begun.qrSvg)}`}
            alt={t('account.qr')}
          />
          <p>
            {t('account.secret')} <code>{begun.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
          </p>
          <CodeField label={t('account.firstCode')} value={code} onChange={setCode} />
        </>
      )}
      <p className="error-line" role="alert">
        {error !== null && describeError(error, t)}
      </p>
      <button type="submit" className="button primary" disabled={begin.isPending || confirm.isPending}>
        {t(begun === undefined ? 'account.setUp' : 'account.confirm')}
      </button>
    </form>
  );
}

function UsedFactor({ canRemove, onCodes }: WithCodes & { readonly canRemove: boolean }) {
  const { t } = useLanguage();
  const renew = useAccountAct(renewRecoveryCodes);
  const remove = useAccountAct(async (given: { current: string; code: string }) => {
    await removeFactor(given);
    onCodes(null);
  });
  const [current, setCurrent] = useState('');
  const [code, setCode] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    renew.mutate(
      { code },
      {
        onSuccess: ({ recoveryCodes }) => {
          onCodes(recoveryCodes);
          setCode('');
        },
      },
    );
  };
  const error = renew.error ?? remove.error;
  return (
    <form onSubmit={submit}>
      <CodeField label={t('account.code')} value={code} onChange={setCode} />
      {canRemove && (
        <label>
          {t('account.currentToRemove')}
          <input
            type="password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </label>
      )}
      <p className="error-line" role="alert">
        {error !== null && describeError(error, t)}
      </p>
      <div className="account-buttons">
        <button type="submit" className="button" disabled={renew.isPending || code === ''}>
          {t('account.renewCodes')}
        </button>
        {canRemove && (
          <button
            type="button"
            className="button"
            disabled={remove.isPending || code === '' || current === ''}
            onClick={() => remove.mutate({ current, code })}
          >
            {t('account.remove')}
          </button>
        )}
      </div>
    </form>
  );
}

function CodeField(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <label>
      {props.label}
      <input
        inputMode="text"
        autoComplete="one-time-code"
        required
        maxLength={40}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </label>
  );
}
