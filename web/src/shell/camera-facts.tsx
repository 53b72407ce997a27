import { useMutation } from '@tanstack/react-query';
import { postJson } from '../api/client.ts';
import { describeError } from '../api/describe-error.ts';
import { useSession } from '../api/session.ts';
import type { CameraRow } from '../api/types.ts';
import { formatAge } from '../format/duration.ts';
import { useLanguage } from '../i18n/language.tsx';

/** Clock errors and delays below this are not worth a line. */
const noticeableMs = 500;

/** What is wrong with a camera's view, clock or sampling; lines only for what there is to know. */
export function CameraFacts({ row, nowMs }: { readonly row: CameraRow; readonly nowMs: number }) {
  const { language, t } = useLanguage();
  const { view, clockSource, clockErrorMs, decodeDelayMs, timeJumps, sampling } = row;
  const lines: string[] = [];
  if (view !== null && view.problem !== null)
    lines.push(
      view.since === null
        ? view.reason
        : [
            view.reason,
            t('cameras.viewSince', { age: formatAge(nowMs - Date.parse(view.since), language) }),
          ].join(' · '),
    );
  if (sampling?.isStarved === true) lines.push(`${t('cameras.starved')} · ${sampling.reason}`);
  if (clockSource !== null && row.state === 'live')
    lines.push(
      clockErrorMs === null
        ? t('cameras.clockUnknown', { source: t(`clock.${clockSource}`) })
        : t('cameras.clock', { source: t(`clock.${clockSource}`), error: formatSeconds(clockErrorMs) }),
    );
  if (decodeDelayMs !== null && decodeDelayMs >= noticeableMs)
    lines.push(t('cameras.delay', { delay: formatSeconds(decodeDelayMs) }));
  if (timeJumps !== null && timeJumps > 0) lines.push(t('cameras.jumps', { n: timeJumps }));
  return (
    <>
      {lines.map((line) => (
        <span key={line} className="quiet">
          {line}
        </span>
      ))}
      {view?.problem === 'moved' && <AcceptView camera={row.id} />}
    </>
  );
}

function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
}

/** For the engineer: where the camera looks now is where it shall look. */
function AcceptView({ camera }: { readonly camera: string }) {
  const { t } = useLanguage();
  const session = useSession();
  const accept = useMutation({
    mutationFn: () => postJson(`/api/cameras/${encodeURIComponent(camera)}/accept-view`),
  });
  if (session.data?.roles.includes('engineer') !== true) return null;
  if (accept.isSuccess) return <span className="quiet">{t('cameras.acceptedView')}</span>;
  return (
    <span className="quiet">
      <button type="button" disabled={accept.isPending} onClick={() => accept.mutate()}>
        {t('cameras.acceptView')}
      </button>
      {accept.isError && <span className="error-line">{describeError(accept.error, t)}</span>}
    </span>
  );
}
