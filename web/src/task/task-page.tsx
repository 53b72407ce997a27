import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { useCase, useCaseAction } from '../api/cases.ts';
import { describeError } from '../api/describe-error.ts';
import type { CaseDetail, Photo } from '../api/types.ts';
import { CaseActions } from '../cases/case-actions.tsx';
import { toPlace } from '../cases/case-place.ts';
import { CoordinationThread } from '../cases/coordination-thread.tsx';
import { DeadlineMark } from '../cases/deadline-mark.tsx';
import { findAfterPhoto, toPhotoUrl } from '../cases/flow-photos.ts';
import { PhotoField } from '../cases/photo-field.tsx';
import { formatMoment } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';
import { useClassName } from '../i18n/offence-name.ts';
import { StillPicture } from '../picture/still-picture.tsx';

const nowPeriodMs = 10_000;

export function TaskPage() {
  const { t } = useLanguage();
  const { caseNo = '' } = useParams();
  const query = useCase(caseNo);
  return (
    <main className="task">
      <Link className="task-back" to="/task">
        ← {t('tasks.back')}
      </Link>
      {query.data !== undefined && <TaskView detail={query.data} />}
      {query.isPending && <p className="quiet">{t('loading')}</p>}
      {query.data === undefined && query.error !== null && (
        <p className="error-line" role="alert">
          {t('error.load', { message: describeError(query.error, t) })}
        </p>
      )}
    </main>
  );
}

function TaskView({ detail }: { readonly detail: CaseDetail }) {
  const { t } = useLanguage();
  const className = useClassName();
  const nowMs = useNow(nowPeriodMs);
  const act = useCaseAction(detail.caseNo);
  const [photo, setPhoto] = useState<Photo | null>(null);
  const [note, setNote] = useState('');
  const before = detail.stills.at(-1);
  const after = findAfterPhoto(detail.flow);
  const mayReceive = detail.actions.includes('receive');
  const mayDispose = detail.actions.includes('dispose');
  const mayAdvise = detail.actions.includes('give_opinion');
  const instruction = detail.flow.findLast(
    (record) => record.action === 'dispatch' || record.action === 'check_fail',
  );
  return (
    <>
      <header className="task-title">
        <h1>{className(detail)}</h1>
        <p>
          <span className="state">{t(`caseState.${detail.state}`)}</span>
          {detail.level === 'urgent' && <span className="tag urgent">▲ {t('level.urgent')}</span>}
          <span className="quiet">{detail.caseNo}</span>
        </p>
      </header>
      <p className="task-deadline">
        <DeadlineMark summary={detail} nowMs={nowMs} />
      </p>
      <dl className="task-facts">
        <dt>{t('case.place')}</dt>
        <dd>
          {toPlace(detail)}
          {detail.zone !== null && ` · ${detail.zone}`}
        </dd>
        {instruction?.opinion && (
          <>
            <dt>{t('task.instruction')}</dt>
            <dd>{instruction.opinion}</dd>
          </>
        )}
      </dl>
      <div className="photo-pair">
        <figure>
          {before === undefined ? (
            <p className="photo-slot">{t('picture.none')}</p>
          ) : (
            <a href={before.originalUrl} target="_blank" rel="noreferrer">
              <StillPicture
                url={before.originalUrl}
                alt={t('task.before')}
                width={before.width}
                height={before.height}
                zone={null}
                box={before.box}
                overlay
              />
            </a>
          )}
          <figcaption>
            {t('task.before')}
            {before !== undefined && <span className="quiet"> {formatMoment(before.capturedAt, nowMs)}</span>}
          </figcaption>
        </figure>
        {(mayDispose || after !== undefined) && (
          <figure>
            {after === undefined || mayDispose ? (
              <PhotoField photo={photo} label={t('photo.take')} onPhoto={setPhoto} />
            ) : (
              <a href={toPhotoUrl(after)} target="_blank" rel="noreferrer">
                <img className="after-photo" src={toPhotoUrl(after)} alt={t('task.after')} />
              </a>
            )}
            <figcaption>{t('task.after')}</figcaption>
          </figure>
        )}
      </div>
      {mayDispose && (
        <label className="task-note">
          {t('form.note')}
          <textarea rows={2} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
        </label>
      )}
      {act.error !== null && (
        <p className="error-line" role="alert">
          {describeError(act.error, t)}
        </p>
      )}
      {mayAdvise && (
        <>
          <CoordinationThread detail={detail} />
          <CaseActions detail={detail} />
        </>
      )}
      <div className="task-bar">
        {mayReceive && (
          <button
            type="button"
            className="button primary wide"
            disabled={act.isPending}
            onClick={() => act.mutate({ action: 'receive', body: { version: detail.version } })}
          >
            {t('action.receive')}
          </button>
        )}
        {mayDispose && (
          <button
            type="button"
            className="button primary wide"
            disabled={act.isPending || photo === null}
            onClick={() => {
              if (photo === null) return;
              const body = {
                version: detail.version,
                photo: photo.id,
                ...(note.trim() === '' ? {} : { note: note.trim() }),
              };
              act.mutate({ action: 'dispose', body });
            }}
          >
            {t(photo === null ? 'task.photoFirst' : 'action.dispose')}
          </button>
        )}
        {!mayReceive && !mayDispose && !mayAdvise && <p className="quiet">{t('task.nothing')}</p>}
      </div>
    </>
  );
}
