import { describeError } from '../api/describe-error.ts';
import { useCameras } from '../api/status.ts';
import {
  isBadState,
  type ShownState,
  stateMarks,
  toShownState,
  toStateWord,
} from '../cameras/shown-state.ts';
import { formatAge } from '../format/duration.ts';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';
import { CameraFacts } from './camera-facts.tsx';
import { Popover } from './popover.tsx';

const periodMs = 5_000;

/** How many cameras give pictures, and of each: its state in a word, why, and how old its last picture is. */
export function CameraHealth() {
  const { language, t } = useLanguage();
  const cameras = useCameras();
  const nowMs = useNow(periodMs);
  const rows = cameras.data;
  const isUnsure = rows === undefined || cameras.isError;
  const live = rows?.filter((row) => toShownState(row) === 'live').length ?? 0;
  const ended = rows?.filter((row) => row.state === 'ended').length ?? 0;
  const bad = rows?.filter((row) => isBadState(toShownState(row))).length ?? 0;
  const mark: ShownState =
    isUnsure || rows.length === 0 ? 'unknown' : bad > 0 ? 'stalled' : live > 0 ? 'live' : 'ended';
  const label = isUnsure
    ? t('cameras.unknown')
    : rows.length === 0
      ? t('cameras.none')
      : t(live === 0 && ended === rows.length ? 'cameras.ended' : 'cameras.summary', {
          live,
          total: rows.length,
        });
  return (
    <Popover
      label={
        <>
          <Mark state={mark} /> {label}
        </>
      }
      title={t('cameras.title')}
    >
      {cameras.isError && (
        <p className="error-line">{t('error.load', { message: describeError(cameras.error, t) })}</p>
      )}
      <ul className="camera-list">
        {rows?.map((row) => (
          <li key={row.id}>
            <Mark state={toShownState(row)} />
            <b>{row.name}</b>
            <span>{t(toStateWord(row))}</span>
            {row.reason !== null && row.reason !== '' && <span className="quiet">{row.reason}</span>}
            <CameraFacts row={row} nowMs={nowMs} />
            <span className="quiet">
              {row.lastFrameAt === null
                ? t('cameras.noFrame')
                : t('cameras.lastFrame', { age: formatAge(nowMs - Date.parse(row.lastFrameAt), language) })}
            </span>
          </li>
        ))}
      </ul>
    </Popover>
  );
}

function Mark({ state }: { readonly state: ShownState }) {
  return (
    <span className={`mark mark-${state}`} aria-hidden="true">
      {stateMarks[state]}
    </span>
  );
}
