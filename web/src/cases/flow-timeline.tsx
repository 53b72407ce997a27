import type { FlowRecord } from '../api/types.ts';
import { formatFull } from '../format/time.ts';
import { useLanguage } from '../i18n/language.tsx';
import { toPhotoUrl } from './flow-photos.ts';

/** Actor of what the cameras report. */
const machineActor = 'ai';

/** The case's record, newest last, with the links of its hash chain. */
export function FlowTimeline({ flow }: { readonly flow: readonly FlowRecord[] }) {
  const { t } = useLanguage();
  return (
    <section className="flow" aria-labelledby="flow-title">
      <h2 id="flow-title">{t('flow.title')}</h2>
      <ol>
        {flow.map((record) => (
          <li key={record.seq}>
            <header>
              <b>{t(`action.${record.action}`)}</b>
              <span className="state">{t(`caseState.${record.to}`)}</span>
              {record.overdue && <span className="tag overdue">{t('deadline.wasOver')}</span>}
            </header>
            <p>
              {record.actor === machineActor ? t('flow.machine') : record.actor}
              {record.role !== null && ` · ${t(`role.${record.role}`)}`}
              {record.unit !== null && ` · ${toUnitName(record.unit)}`}
            </p>
            {record.opinion !== null && record.opinion !== '' && (
              <p className="flow-opinion">{record.opinion}</p>
            )}
            <FlowPhotos record={record} />
            <footer className="quiet small">
              <time dateTime={record.at}>{formatFull(record.at)}</time>
              <code title={record.hash}>
                #{record.seq} {record.hash.slice(0, 10)}
              </code>
            </footer>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function FlowPhotos({ record }: { readonly record: FlowRecord }) {
  const { t } = useLanguage();
  if (record.attachments.length === 0) return null;
  return (
    <div className="flow-photos">
      {record.attachments.map((attachment) => (
        <a key={toPhotoUrl(attachment)} href={toPhotoUrl(attachment)} target="_blank" rel="noreferrer">
          <img
            src={toPhotoUrl(attachment)}
            alt={t('flow.photo', { action: t(`action.${record.action}`) })}
            loading="lazy"
          />
        </a>
      ))}
    </div>
  );
}

export function toUnitName(unit: NonNullable<FlowRecord['unit']>): string {
  return typeof unit === 'string' ? unit : unit.name;
}
