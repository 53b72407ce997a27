import type { RefObject } from 'react';
import type { CandidateDetail, StillMoment } from '../api/types.ts';
import { formatDuration } from '../format/duration.ts';
import { formatClock, formatFull } from '../format/time.ts';
import type { Translate } from '../i18n/language.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { StillPicture } from '../picture/still-picture.tsx';
import type { EvidencePiece } from './evidence-strip.ts';

/** The piece of evidence that is looked at, large, and all pieces small below it. */
export function EvidenceStage({
  detail,
  pieces,
  index,
  overlay,
  zoomed,
  video,
  shown,
  onDrawn,
  onShow,
}: {
  readonly detail: CandidateDetail;
  readonly pieces: readonly EvidencePiece[];
  readonly index: number;
  readonly overlay: boolean;
  readonly zoomed: boolean;
  readonly video: RefObject<HTMLVideoElement | null>;
  /** Stills that have been looked at under the lease. */
  readonly shown: readonly StillMoment[];
  /** A still is on the screen, large. */
  readonly onDrawn: (moment: StillMoment) => void;
  readonly onShow: (index: number) => void;
}) {
  const { language, t } = useLanguage();
  const piece = pieces[index];
  return (
    <>
      <div className="stage">
        {piece === undefined && <p className="stage-empty">{t('stage.none')}</p>}
        {piece?.kind === 'still' && (
          <StillPicture
            url={piece.still.originalUrl}
            alt={toAlt(piece, detail, t)}
            width={piece.still.width}
            height={piece.still.height}
            zone={detail.zonePolygon}
            box={piece.still.box}
            overlay={overlay}
            zoomed={zoomed}
            onDrawn={() => onDrawn(piece.still.moment)}
            label={`${t(`class.${detail.class}`)} ${piece.still.score.toFixed(2)}`}
          />
        )}
        {piece?.kind === 'clip' && (
          // The clips are silent pictures of a street: there is nothing to caption.
          <video
            key={piece.clip.url}
            ref={video}
            src={piece.clip.url}
            controls
            autoPlay
            muted
            playsInline
            aria-label={t(`moment.${piece.clip.moment}`)}
          />
        )}
      </div>
      <ol className="strip" aria-label={t('stage.strip')}>
        {pieces.map((entry, at) => (
          <li key={entry.kind === 'still' ? entry.still.moment : `clip-${entry.clip.moment}`}>
            <button
              type="button"
              className="strip-piece"
              aria-current={at === index ? 'true' : undefined}
              onClick={() => onShow(at)}
            >
              {entry.kind === 'still' ? (
                <>
                  <StillPicture
                    url={entry.still.thumbnailUrl ?? `${entry.still.originalUrl}?width=320`}
                    alt=""
                    width={entry.still.width}
                    height={entry.still.height}
                    zone={null}
                    box={entry.still.box}
                    overlay={overlay}
                  />
                  <span>
                    {t(`moment.${entry.still.moment}`)}{' '}
                    <time dateTime={entry.still.capturedAt}>{formatClock(entry.still.capturedAt)}</time>
                    {shown.includes(entry.still.moment) && (
                      <span className="strip-shown" title={t('stage.shown')}>
                        {' '}
                        ✓
                      </span>
                    )}
                  </span>
                </>
              ) : (
                <>
                  <span className="strip-clip" aria-hidden="true">
                    ▶
                  </span>
                  <span>
                    {t(`moment.${entry.clip.moment}`)}{' '}
                    {entry.clip.durationMs !== null && formatDuration(entry.clip.durationMs, language)}
                  </span>
                </>
              )}
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}

function toAlt(
  piece: Extract<EvidencePiece, { kind: 'still' }>,
  detail: CandidateDetail,
  t: Translate,
): string {
  return t('stage.alt', {
    moment: t(`moment.${piece.still.moment}`),
    at: formatFull(piece.still.capturedAt),
    class: t(`class.${detail.class}`),
    camera: detail.camera.name,
  });
}
