import { type KeyboardEvent, useEffect, useState } from 'react';
import { postJson } from '../api/client.ts';
import { describeError } from '../api/describe-error.ts';
import { useLanguage } from '../i18n/language.tsx';

const purposeMissing = 428;
const askTimeoutMs = 20_000;
/** Said once for a package, it holds for all of its pictures on the page. */
const purposeStated = 'xunjie-purpose-stated';

/** In place of a picture that did not come: says so, or asks for what purpose it is looked at where that is what is missing. */
export function FailedPicture({ url, onRetry }: { readonly url: string; readonly onRetry: () => void }) {
  const { t } = useLanguage();
  const [isAsked, setIsAsked] = useState(false);
  const [purpose, setPurpose] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let isGone = false;
    fetch(url, { credentials: 'same-origin', signal: AbortSignal.timeout(askTimeoutMs) }).then(
      ({ status }) => {
        if (!isGone) setIsAsked(status === purposeMissing);
        return status;
      },
      () => undefined, // it stays a picture that could not be loaded
    );
    window.addEventListener(purposeStated, onRetry);
    return () => {
      isGone = true;
      window.removeEventListener(purposeStated, onRetry);
    };
  }, [url, onRetry]);
  if (!isAsked) return <p className="picture-failed">{t('picture.failed')}</p>;
  const state = () => {
    const manifestHash = /\/api\/evidence\/([0-9a-f]{64})\//.exec(url)?.[1] ?? '';
    postJson(`/api/custody/packages/${manifestHash}/purpose`, { purpose: purpose.trim() }).then(
      () => window.dispatchEvent(new Event(purposeStated)),
      (error: Error) => setProblem(describeError(error, t)),
    );
  };
  const stateOnEnter = (event: KeyboardEvent) => {
    // The keys of the desk behind are not meant while somebody writes.
    event.stopPropagation();
    if (event.key === 'Enter' && purpose.trim().length > 1) state();
  };
  return (
    // A picture may be a link: writing here must not follow it.
    <div className="picture-failed" onClick={(event) => event.preventDefault()}>
      <label>
        {t('picture.purpose')}{' '}
        <input
          value={purpose}
          maxLength={500}
          onChange={(event) => setPurpose(event.target.value)}
          onKeyDown={stateOnEnter}
        />
      </label>{' '}
      <button type="button" disabled={purpose.trim().length < 2} onClick={state}>
        {t('picture.look')}
      </button>
      {problem !== null && <p role="alert">{problem}</p>}
    </div>
  );
}
