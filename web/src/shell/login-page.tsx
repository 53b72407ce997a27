import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useLocation, useSearchParams } from 'react-router';
import { RequestError } from '../api/client.ts';
import { describeError } from '../api/describe-error.ts';
import { useLogin, useLoginWays } from '../api/session.ts';
import { type Translate, useLanguage } from '../i18n/language.tsx';
import { LanguageSwitch } from './language-switch.tsx';

export function LoginPage() {
  const { t } = useLanguage();
  const [search] = useSearchParams();
  const login = useLogin();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [needsCode, setNeedsCode] = useState(false);
  const passwordField = useRef<HTMLInputElement>(null);
  const codeField = useRef<HTMLInputElement>(null);
  const { error } = login;
  useEffect(() => {
    if (error === null) return;
    if (error instanceof RequestError && error.code === 'second_factor_missing') setNeedsCode(true);
    else (codeField.current ?? passwordField.current)?.select();
  }, [error]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    login.mutate({ username: username.trim(), password, ...(needsCode && { code: code.trim() }) });
  };
  return (
    <main className="login">
      <form className="login-card" onSubmit={submit} aria-labelledby="login-title">
        <header>
          <img src="/mark.svg" alt="" width={40} height={40} />
          <div>
            <h1 id="login-title">{t('app.name')}</h1>
            <p className="quiet">{t('app.tagline')}</p>
          </div>
        </header>
        <label>
          {t('login.username')}
          <input
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            autoFocus
            value={username}
            onChange={(event) => {
              setUsername(event.target.value);
              setNeedsCode(false);
            }}
          />
        </label>
        <label>
          {t('login.password')}
          <input
            ref={passwordField}
            name="password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        {needsCode && (
          <label>
            {t('login.code')}
            <input
              ref={codeField}
              name="code"
              autoComplete="one-time-code"
              required
              autoFocus
              maxLength={40}
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
            <span className="quiet small">{t('login.codeWhy')}</span>
          </label>
        )}
        <p className="error-line login-error" role="alert">
          {error !== null ? toErrorLine(error, needsCode, t) : toProblemLine(search, t)}
        </p>
        <button type="submit" className="button primary wide" disabled={login.isPending}>
          {t(login.isPending ? 'login.busy' : 'login.submit')}
        </button>
        <ProviderButton />
        <LanguageSwitch />
      </form>
    </main>
  );
}

/** Only where the city has a provider. */
function ProviderButton() {
  const { t } = useLanguage();
  const provider = useLoginWays().data?.provider ?? null;
  const state: unknown = useLocation().state;
  if (provider === null) return null;
  const from =
    typeof state === 'object' && state !== null && 'from' in state && typeof state.from === 'string'
      ? state.from
      : '/';
  return (
    <>
      <span className="quiet login-or">{t('login.or')}</span>
      <a className="button wide" href={`${provider.url}?to=${encodeURIComponent(from)}`}>
        {t('login.provider', { label: provider.label })}
      </a>
    </>
  );
}

const problems = [
  'provider_unreachable',
  'account_not_tied',
  'account_locked',
  'login_expired',
  'provider_refused',
] as const;

/** What the provider's login came back with, in words of ours. */
function toProblemLine(search: URLSearchParams, t: Translate): string | null {
  const given = search.get('problem');
  if (given === null) return null;
  return t(`login.${problems.find((problem) => problem === given) ?? 'provider_refused'}`);
}

function toErrorLine(error: Error, needsCode: boolean, t: Translate): string | null {
  // Not an error: the next field says what is wanted.
  if (error instanceof RequestError && error.code === 'second_factor_missing') return null;
  if (
    needsCode &&
    error instanceof RequestError &&
    error.code === 'wrong_credentials' &&
    /code/.test(error.message)
  )
    return t('login.wrongCode');
  if (error instanceof RequestError && error.code === 'wrong_credentials') return t('login.wrong');
  if (error instanceof RequestError && error.code === 'too_many_requests')
    return t('login.locked', { message: error.message });
  return describeError(error, t);
}
