import { useCallback, useEffect, useRef, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { useCandidate } from '../api/candidates.ts';
import { describeError } from '../api/describe-error.ts';
import type { User } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';
import { mayReview } from '../shell/pages-by-role.ts';
import { LiveRegion, useAnnouncer } from './announcer.tsx';
import { CandidateHead } from './candidate-head.tsx';
import { DecisionPanel } from './decision-panel.tsx';
import { EvidenceStage } from './evidence-stage.tsx';
import { type EvidencePiece, toEvidencePieces, toggleClip } from './evidence-strip.ts';
import { FactsPanel } from './facts-panel.tsx';
import { HelpDialog } from './help-dialog.tsx';
import type { ReviewCommand, ReviewMode } from './key-map.ts';
import { findNeighbour } from './merge-queue.ts';
import { QueueList } from './queue-list.tsx';
import { useReviewDesk } from './use-review-desk.ts';
import { useReviewKeys } from './use-review-keys.ts';
import { useReviewQueue } from './use-review-queue.ts';

const noPieces: readonly EvidencePiece[] = [];

/** The operator's page: queue, evidence, decision. Everything on it works from the keyboard. */
export function ReviewPage({ user }: { readonly user: User }) {
  const { t } = useLanguage();
  const { candidateId } = useParams();
  const openId = candidateId ?? null;
  const navigate = useNavigate();
  const queue = useReviewQueue();
  const candidate = useCandidate(openId);
  const detail = candidate.data;
  const { message, announce } = useAnnouncer();
  const [mode, setMode] = useState<ReviewMode>('review');
  const [pieceIndex, setPieceIndex] = useState(0);
  const [overlay, setOverlay] = useState(true);
  const [zoomed, setZoomed] = useState(false);
  const note = useRef<HTMLTextAreaElement>(null);
  const video = useRef<HTMLVideoElement>(null);

  const open = useCallback(
    (id: string | null) => {
      setMode('review');
      setPieceIndex(0);
      setZoomed(false);
      void navigate(id === null ? '/review' : `/review/${encodeURIComponent(id)}`, { replace: true });
    },
    [navigate],
  );
  const items = queue.items;
  useEffect(() => {
    if (openId !== null) return;
    const first = findNeighbour(items, null, 1);
    if (first !== null) open(first);
  }, [openId, items, open]);

  const desk = useReviewDesk({
    id: openId,
    detail,
    mayDecide: mayReview(user),
    announce,
    onDecided: (id) => {
      const next = findNeighbour(items, id, 1) ?? findNeighbour(items, id, -1);
      queue.removeDecided(id);
      open(next);
    },
  });
  const pieces = detail === undefined ? noPieces : toEvidencePieces(detail);
  const shownIndex = Math.min(pieceIndex, Math.max(0, pieces.length - 1));
  const walk = (step: 1 | -1) => {
    if (pieces.length > 0) setPieceIndex((shownIndex + step + pieces.length) % pieces.length);
  };
  const move = (step: 1 | -1) => {
    const next = findNeighbour(items, openId, step);
    if (next === null) announce(t(step === 1 ? 'queue.atEnd' : 'queue.atStart'));
    else open(next);
  };
  const takeLease = () => {
    desk.lease.take().then(
      () => announce(t('lease.taken')),
      // The lease line says why, as an alert.
      () => undefined,
    );
  };
  const play = () => {
    const element = video.current;
    if (element === null) return walk(1);
    if (element.paused) void element.play();
    else element.pause();
  };
  const reject = async (reason: Parameters<typeof desk.reject>[0]) => {
    const isSent = await desk.reject(reason);
    if (isSent) setMode('review');
    else note.current?.focus();
  };

  const onCommand = (command: ReviewCommand): void => {
    switch (command.kind) {
      case 'next':
        return move(1);
      case 'previous':
        return move(-1);
      case 'next_picture':
        return walk(1);
      case 'previous_picture':
        return walk(-1);
      case 'play':
        return play();
      case 'toggle_clip':
        return setPieceIndex(toggleClip(pieces, shownIndex));
      case 'toggle_overlay':
        return setOverlay(!overlay);
      case 'toggle_zoom':
        return setZoomed(!zoomed);
      case 'toggle_check':
        return desk.changeDraft((draft) => ({
          ...draft,
          checks: { ...draft.checks, [command.check]: !draft.checks[command.check] },
        }));
      case 'toggle_urgent':
        return desk.changeDraft((draft) => ({
          ...draft,
          level: draft.level === 'urgent' ? 'normal' : 'urgent',
        }));
      case 'edit_note':
        return note.current?.focus();
      case 'take_lease':
        return takeLease();
      case 'pull_new':
        return queue.pullNew();
      case 'open_reject':
        return detail === undefined ? undefined : setMode('reject');
      case 'confirm':
        return void desk.confirm();
      case 'reject':
        return void reject(command.reason);
      case 'open_help':
        return setMode('help');
      case 'cancel':
        return setMode('review');
    }
  };
  useReviewKeys(mode, onCommand);

  return (
    <main className="review" data-candidate={openId}>
      <LiveRegion message={message} />
      <QueueList queue={queue} openId={openId} onOpen={open} />
      <section className="review-center" aria-label={t('stage.title')}>
        {detail !== undefined && (
          <>
            <CandidateHead detail={detail} lease={desk.lease.state} onTake={takeLease} />
            <EvidenceStage
              detail={detail}
              pieces={pieces}
              index={shownIndex}
              overlay={overlay}
              zoomed={zoomed}
              video={video}
              onShow={setPieceIndex}
            />
            <footer className="stage-foot quiet small">
              <span>
                <kbd>B</kbd> {t(overlay ? 'stage.overlayOn' : 'stage.overlayOff')} <kbd>Z</kbd>{' '}
                {t(zoomed ? 'stage.zoomOn' : 'stage.zoomOff')} <kbd>C</kbd> {t('key.toggle_clip')}{' '}
                <kbd>←</kbd>
                <kbd>→</kbd> {t('stage.walk')}
              </span>
              <button type="button" className="link-button" onClick={() => setMode('help')}>
                <kbd>?</kbd> {t('key.open_help')}
              </button>
            </footer>
          </>
        )}
        {detail === undefined && (
          <p className="stage-empty">
            {candidate.error !== null && t('error.load', { message: describeError(candidate.error, t) })}
            {candidate.error === null && t(openId === null && !queue.isLoading ? 'review.done' : 'loading')}
          </p>
        )}
      </section>
      <aside className="review-side" aria-label={t('facts.title')}>
        {detail !== undefined && (
          <>
            <FactsPanel detail={detail} />
            <DecisionPanel
              draft={desk.draft}
              isRejecting={mode === 'reject'}
              blocked={desk.blocked}
              isBusy={desk.isBusy}
              failure={desk.failure}
              note={note}
              onToggleCheck={(check) => onCommand({ kind: 'toggle_check', check })}
              onToggleUrgent={() => onCommand({ kind: 'toggle_urgent' })}
              onNote={(text) => desk.changeDraft((draft) => ({ ...draft, note: text }))}
              onSubmitNote={() =>
                onCommand(mode === 'reject' ? { kind: 'reject', reason: 'other' } : { kind: 'confirm' })
              }
              onConfirm={() => onCommand({ kind: 'confirm' })}
              onOpenReject={() => onCommand({ kind: 'open_reject' })}
              onReject={(reason) => onCommand({ kind: 'reject', reason })}
              onCancel={() => onCommand({ kind: 'cancel' })}
            />
          </>
        )}
        {desk.lastOutcome?.kind === 'confirmed' && (
          <p className="outcome">
            {t('outcome.confirmed', { caseNo: '' })}
            <Link to={`/cases/${encodeURIComponent(desk.lastOutcome.caseNo)}`}>
              {desk.lastOutcome.caseNo}
            </Link>
          </p>
        )}
        {desk.lastOutcome?.kind === 'rejected' && (
          <p className="outcome">
            {t('outcome.rejected', { reason: t(`reason.${desk.lastOutcome.reason}`) })}
          </p>
        )}
      </aside>
      {mode === 'help' && <HelpDialog onClose={() => setMode('review')} />}
    </main>
  );
}
