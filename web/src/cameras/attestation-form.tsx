import { type FormEvent, useState } from 'react';
import type { AttestationItem, Role } from '../../../domain/mod.ts';
import { type Attestation, useAttest } from '../api/camera-record.ts';
import { describeError } from '../api/describe-error.ts';
import { useLanguage } from '../i18n/language.tsx';

/** One of the four: what is held of it, or who must still vouch; with a form for that post. */
export function AttestationForm({
  camera,
  item,
  held,
  mayAttest,
  post,
}: {
  readonly camera: string;
  readonly item: AttestationItem;
  readonly held: Attestation | null;
  readonly mayAttest: boolean;
  readonly post: Role;
}) {
  const { t } = useLanguage();
  const attest = useAttest(camera);
  const [document, setDocument] = useState('');
  const [heldOn, setHeldOn] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attest.mutate(
      { item, held: { document: document.trim(), heldOn } },
      { onSuccess: () => setDocument('') },
    );
  };
  return (
    <section aria-labelledby={`item-${item}`}>
      <h4 id={`item-${item}`}>
        <span aria-hidden="true">{held === null ? '○' : '✓'}</span> {t(`attestation.${item}`)}
      </h4>
      {held === null ? (
        <p className="quiet">{t('cameras.waitsFor', { post: t(`role.${post}`) })}</p>
      ) : (
        <p>
          {held.document}{' '}
          <span className="quiet">{t('cameras.heldBy', { date: held.heldOn, by: held.by })}</span>
        </p>
      )}
      {mayAttest && held === null && (
        <form onSubmit={submit}>
          <label>
            {t(`cameras.document.${item}`)}
            <input
              required
              maxLength={500}
              value={document}
              onChange={(event) => setDocument(event.target.value)}
            />
          </label>
          <label>
            {t('cameras.heldOn')}
            <input type="date" required value={heldOn} onChange={(event) => setHeldOn(event.target.value)} />
          </label>
          <button type="submit" className="button primary" disabled={attest.isPending}>
            {t('cameras.attest')}
          </button>
        </form>
      )}
      {mayAttest && held !== null && (
        <button
          type="button"
          className="button small"
          disabled={attest.isPending}
          onClick={() => attest.mutate({ item, held: null })}
        >
          {t('cameras.withdraw')}
        </button>
      )}
      {attest.error !== null && (
        <p className="error-line" role="alert">
          {describeError(attest.error, t)}
        </p>
      )}
    </section>
  );
}
