import type { ReactNode } from 'react';
import type { Wall, WallCandidate, WallCase } from '../api/wall.ts';
import { formatAge } from '../format/duration.ts';
import { formatClock } from '../format/time.ts';
import { useLanguage } from '../i18n/language.tsx';
import { useOffenceName } from '../i18n/offence-name.ts';

/** As many lines as the screen holds at a size that can be read from the other side of the hall. */
const maxShown = 6;

function WallList({
  id,
  title,
  isEmpty,
  empty,
  children,
}: {
  readonly id: string;
  readonly title: string;
  /** `undefined`: not known. */
  readonly isEmpty: boolean | undefined;
  readonly empty: string;
  readonly children: ReactNode;
}) {
  const { t } = useLanguage();
  return (
    <section className={`wall-list wall-${id}`} aria-labelledby={`wall-${id}`}>
      <h2 id={`wall-${id}`}>{title}</h2>
      {isEmpty === undefined && <p className="quiet">{t('loading')}</p>}
      {isEmpty === true && <p className="quiet">{empty}</p>}
      <ol>{children}</ol>
    </section>
  );
}

export function WallCandidates({
  candidates,
  nowMs,
}: {
  readonly candidates: readonly WallCandidate[] | undefined;
  readonly nowMs: number;
}) {
  const { language, t } = useLanguage();
  const offenceName = useOffenceName();
  return (
    <WallList
      id="candidates"
      title={t('wall.candidates')}
      isEmpty={candidates === undefined ? undefined : candidates.length === 0}
      empty={t('wall.noCandidates')}
    >
      {candidates?.slice(0, maxShown).map((candidate) => (
        <li key={candidate.id}>
          <b>{offenceName(candidate.offence)}</b>
          <time dateTime={candidate.raisedAt}>{formatClock(candidate.raisedAt).slice(0, 5)}</time>
          <span>{candidate.camera}</span>
          <span className="quiet">
            {candidate.isHeld
              ? t('wall.held')
              : t('queue.ago', { age: formatAge(nowMs - Date.parse(candidate.raisedAt), language) })}
          </span>
        </li>
      ))}
    </WallList>
  );
}

/** Late first, then urgent; what is both stands once. */
export function WallCases({ wall, nowMs }: { readonly wall: Wall | undefined; readonly nowMs: number }) {
  const { t } = useLanguage();
  const files =
    wall === undefined
      ? undefined
      : [
          ...wall.overdue,
          ...wall.urgent.filter(({ caseNo }) => !wall.overdue.some((one) => one.caseNo === caseNo)),
        ];
  const urgent = new Set(wall?.urgent.map(({ caseNo }) => caseNo));
  return (
    <WallList
      id="cases"
      title={t('wall.cases')}
      isEmpty={files === undefined ? undefined : files.length === 0}
      empty={t('wall.noCases')}
    >
      {files?.slice(0, maxShown).map((file) => (
        <WallCaseLine key={file.caseNo} file={file} isUrgent={urgent.has(file.caseNo)} nowMs={nowMs} />
      ))}
    </WallList>
  );
}

function WallCaseLine({
  file,
  isUrgent,
  nowMs,
}: {
  readonly file: WallCase;
  readonly isUrgent: boolean;
  readonly nowMs: number;
}) {
  const { language, t } = useLanguage();
  const offenceName = useOffenceName();
  const distanceMs = file.deadline === null ? null : Date.parse(file.deadline) - nowMs;
  return (
    <li className={file.isOverdue || isUrgent ? 'bad' : undefined}>
      <b>
        {isUrgent && <span className="wall-tag">{t('level.urgent')}</span>}{' '}
        {file.offence === null ? file.className : offenceName(file.offence)}
      </b>
      <span className="wall-due">
        {distanceMs === null
          ? t(`caseState.${file.state}`)
          : t(distanceMs < 0 ? 'wall.late' : 'deadline.left', {
              time: formatAge(Math.abs(distanceMs), language),
            })}
      </span>
      <span>{file.unit ?? t('case.noUnit')}</span>
      <span className="quiet">{file.place ?? file.caseNo.slice(-9)}</span>
    </li>
  );
}
