import { useEffect, useRef } from 'react';
import { type AttestationItem, type Role } from '../../../domain/mod.ts';
import { useCameraRecord } from '../api/camera-record.ts';
import { describeError } from '../api/describe-error.ts';
import type { CameraRow, User } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';
import { AttestationForm } from './attestation-form.tsx';

/** Law vouches for the law, the engineer for what stands on the pole. */
const postsByItem: Readonly<Record<AttestationItem, Role>> = {
  legal_review: 'legal_reviewer',
  technical_review: 'engineer',
  sign: 'engineer',
  publication: 'legal_reviewer',
};
const items = Object.keys(postsByItem) as AttestationItem[];

/** What the law asks of a camera, what there is of it and what is missing; a form for the post that may vouch. */
export function CameraDialog({
  row,
  user,
  onClose,
}: {
  readonly row: CameraRow;
  readonly user: User;
  readonly onClose: () => void;
}) {
  const { t } = useLanguage();
  const record = useCameraRecord(row.id);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className="entry-dialog" aria-labelledby="camera-title" onClose={onClose}>
      <header>
        <h2 id="camera-title">
          {row.name} <span className="quiet">{row.id}</span>
        </h2>
        <button type="button" className="button small" onClick={onClose}>
          {t('close')} <kbd>Esc</kbd>
        </button>
      </header>
      <p className="quiet">
        {t('cameras.stream', {
          codec: row.codec ?? t('facts.unknown'),
          size: row.width === null ? t('facts.unknown') : `${row.width}×${row.height}`,
        })}
      </p>
      <h3 className="camera-law">{t('cameras.law')}</h3>
      <p className="quiet small">{t('cameras.why')}</p>
      {record.isPending && <p className="quiet">{t('loading')}</p>}
      {record.error !== null && (
        <p className="error-line" role="alert">
          {t('error.load', { message: describeError(record.error, t) })}
        </p>
      )}
      {record.data !== undefined && (
        <>
          <p role="status">
            <b className={record.data.evidenceEligible ? 'eligible' : undefined}>
              {record.data.evidenceEligible ? `✓ ${t('cameras.eligible')}` : t('cameras.notEligible')}
            </b>
          </p>
          <ul className="attestations">
            {items.map((item) => (
              <li key={item}>
                <AttestationForm
                  camera={row.id}
                  item={item}
                  held={record.data.held.find((one) => one.item === item) ?? null}
                  mayAttest={user.roles.includes(postsByItem[item])}
                  post={postsByItem[item]}
                />
              </li>
            ))}
          </ul>
        </>
      )}
    </dialog>
  );
}
