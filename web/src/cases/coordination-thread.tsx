import { useUnits } from '../api/cases.ts';
import type { CaseDetail, FlowRecord } from '../api/types.ts';
import { formatFull } from '../format/time.ts';
import { useLanguage } from '../i18n/language.tsx';
import { findCoordination, listNamed, listSpeakers } from './coordination.ts';
import { FlowPhotos, toUnitName } from './flow-timeline.tsx';

/** 协调: why the case came to the commander, who takes part, what they said and what was decided. */
export function CoordinationThread({ detail }: { readonly detail: CaseDetail }) {
  const { t } = useLanguage();
  const records = findCoordination(detail.flow);
  if (records.length === 0) return null;
  const speakers = listSpeakers(records);
  return (
    <section className="coordination" aria-labelledby="coordination-title">
      <h2 id="coordination-title">{t('coordination.title')}</h2>
      {detail.state === 'coordination' && detail.consulted.length === 0 && (
        <p className="quiet">{t('coordination.nobody')}</p>
      )}
      {detail.consulted.length > 0 && (
        <ul className="coordination-units" aria-label={t('form.units')}>
          {detail.consulted.map(({ id, name }) => (
            <li key={id} className="tag">
              {name} · {t(speakers.includes(id) ? 'coordination.spoke' : 'coordination.waits')}
            </li>
          ))}
        </ul>
      )}
      <ol>
        {records.map((record) => (
          <Entry key={record.seq} record={record} />
        ))}
      </ol>
    </section>
  );
}

function Entry({ record }: { readonly record: FlowRecord }) {
  const { t } = useLanguage();
  const units = useUnits(record.action === 'consult');
  const named = listNamed(record).map((id) => units.data?.find((unit) => unit.id === id)?.name ?? id);
  const isDecision = record.action === 'decide';
  return (
    <li className={isDecision ? 'coordination-decision' : undefined}>
      <header>
        <b>
          {record.action === 'give_opinion' && record.unit !== null
            ? toUnitName(record.unit)
            : t(`action.${record.action}`)}
        </b>
        <span className="quiet small">
          {record.actor}
          {record.role !== null && ` · ${t(`role.${record.role}`)}`} ·{' '}
          <time dateTime={record.at}>{formatFull(record.at)}</time>
        </span>
      </header>
      {isDecision && record.unit !== null && (
        <p>{t('coordination.decided', { unit: toUnitName(record.unit) })}</p>
      )}
      {named.length > 0 && <p>{named.join(t('listComma'))}</p>}
      {record.opinion !== null && record.opinion !== '' && <p className="flow-opinion">{record.opinion}</p>}
      <FlowPhotos record={record} />
    </li>
  );
}
