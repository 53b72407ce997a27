import { type FormEvent, useEffect, useRef, useState } from 'react';
import { RequestError } from '../api/client.ts';
import { describeError } from '../api/describe-error.ts';
import { useLogin } from '../api/session.ts';
import { type Translate, useLanguage } from '../i18n/language.tsx';
import { LanguageSwitch } from './language-switch.tsx';

export function LoginPage() {
  const { t } = useLanguage();
  const login = useLogin();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const passwordField = useRef<HTMLInputElement>(null);
  const { error } = login;
  useEffect(() => {
    if (error !== null) passwordField.current?.select();
  }, [error]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    login.mutate({ username: username.trim(), password });
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
            onChange={(event) => setUsername(event.target.value)}
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
        <p className="error-line login-error" role="alert">
          {error !== null && toErrorLine(error, t)}
        </p>
        <button type="submit" className="button primary wide" disabled={login.isPending}>
          {t(login.isPending ? 'login.busy' : 'login.submit')}
        </button>
        <LanguageSwitch />
      </form>
    </main>
  );
}

function toErrorLine(error: Error, t: Translate): string {
  if (error instanceof RequestError && error.code === 'wrong_credentials') return t('login.wrong');
  if (error instanceof RequestError && error.code === 'too_many_requests')
    return t('login.locked', { message: error.message });
  return describeError(error, t);
}
