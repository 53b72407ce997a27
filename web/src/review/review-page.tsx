import { useCallback, useEffect, useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { RejectReason } from '../../../domain/mod.ts';
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
import { LastDecision } from './last-decision.tsx';
import { listTwins } from './list-twins.ts';
import { findNeighbour } from './merge-queue.ts';
import { isVehicle, PlateLine } from './plate-line.tsx';
import { QueueList } from './queue-list.tsx';
import { UndoBar } from './undo-bar.tsx';
import { useBatch } from './use-batch.ts';
import type { Verdict } from './use-decision.ts';
import { useReviewDesk } from './use-review-desk.ts';
import { useReviewKeys } from './use-review-keys.ts';
import { useReviewQueue } from './use-review-queue.ts';
import { toUndoable, useUndoDesk } from './use-undo.ts';

/** The server's window less what a request takes. */
const batchUndoMs = 7_000;
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
  const plateField = useRef<HTMLInputElement>(null);

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

  const undoDesk = useUndoDesk();
  const [last, setLast] = useState<{ readonly id: string; readonly verdict: Verdict } | null>(null);
  const desk = useReviewDesk({
    id: openId,
    detail,
    mayDecide: mayReview(user, detail?.stage ?? 1),
    announce,
    onDecided: (id, outcome) => {
      const undoable = toUndoable(outcome.detail, Date.now());
      if (undoable !== null) undoDesk.add(undoable);
      setLast({ id, verdict: outcome.verdict });
      const next = findNeighbour(items, id, 1) ?? findNeighbour(items, id, -1);
      queue.removeDecided(id);
      open(next);
    },
  });
  const { lease } = desk;
  const held =
    openId !== null && lease.state.status === 'held' ? { id: openId, version: lease.state.version } : null;
  const batch = useBatch(items, held);
  const twins = listTwins(
    detail,
    items.map(({ summary }) => summary),
  );
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
  const decide = async (verdict: Verdict) => {
    const isDone = await desk.decide(verdict);
    if (isDone) setMode('review');
    else note.current?.focus();
  };
  const undo = () => {
    undoDesk.undo().then(
      (ids) => {
        const [first] = ids;
        if (first === undefined) return announce(t('undo.nothing'));
        for (const id of ids) queue.restore(id);
        setLast(null);
        open(first);
        return announce(t('undo.done'));
      },
      (error: Error) => desk.fail(describeError(error, t)),
    );
  };
  const rejectMarked = (reason: RejectReason) => {
    if (reason === 'other' && desk.draft.note.trim() === '') {
      desk.fail(t('blocked.note'));
      note.current?.focus();
      return;
    }
    setMode('review');
    batch.reject(reason, desk.draft.note).then(
      ({ rejected, refused }) => {
        // The window of a batch is the shortest: that of its first item, from before it was sent.
        if (rejected.length > 0) undoDesk.add({ ids: rejected, untilMs: Date.now() + batchUndoMs });
        const isOpenGone = openId !== null && rejected.includes(openId);
        if (isOpenGone) lease.markDecided();
        const left = items.filter(({ summary }) => !rejected.includes(summary.id));
        for (const id of rejected) queue.removeDecided(id);
        if (isOpenGone) open(findNeighbour(left, null, 1));
        const outcome = t('outcome.batch', { n: rejected.length, refused: refused.length });
        return refused.length > 0 ? desk.fail(outcome) : announce(outcome);
      },
      (error: Error) => desk.fail(describeError(error, t)),
    );
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
      case 'edit_plate':
        return plateField.current?.focus();
      case 'edit_note':
        return note.current?.focus();
      case 'take_lease':
        return takeLease();
      case 'pull_new':
        return queue.pullNew();
      case 'toggle_driver_absent':
        return desk.changeDraft((draft) => ({ ...draft, driverAbsent: !draft.driverAbsent }));
      case 'toggle_penalty':
        return desk.changeDraft((draft) => ({
          ...draft,
          track: draft.track === 'penalty' ? 'management' : 'penalty',
        }));
      case 'toggle_mark':
        return openId === null ? undefined : batch.toggle(openId);
      case 'open_reject':
        return detail === undefined ? undefined : setMode('reject');
      case 'open_evidence':
        return detail === undefined ? undefined : setMode('evidence');
      case 'open_remind':
        return detail === undefined ? undefined : setMode('remind');
      case 'open_merge':
        return detail === undefined ? undefined : setMode('merge');
      case 'merge': {
        const twin = twins[command.index];
        return twin === undefined ? undefined : void decide({ kind: 'merged', into: twin.id });
      }
      case 'confirm':
        return void decide({ kind: 'confirmed' });
      case 'reject':
        return batch.marked.size > 0
          ? rejectMarked(command.reason)
          : void decide({ kind: 'rejected', reason: command.reason });
      case 'ask_evidence':
        return void decide({ kind: 'needs_evidence', wants: command.wants });
      case 'remind':
        return void decide({ kind: 'reminded', channel: command.channel });
      case 'undo':
        return undo();
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
      <QueueList queue={queue} openId={openId} marked={batch.marked} onOpen={open} />
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
              shown={desk.stills.shown}
              onDrawn={desk.stills.noteDrawn}
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
            <FactsPanel detail={detail}>
              {isVehicle(detail.class) && (
                <PlateLine
                  key={detail.id}
                  candidateId={detail.id}
                  mayEnter={user.roles.includes('reviewer') && detail.stills.some(({ masked }) => !masked)}
                  field={plateField}
                />
              )}
            </FactsPanel>
            <DecisionPanel
              draft={desk.draft}
              twins={twins}
              mode={mode}
              needsDriverAbsent={detail.needsDriverAbsent}
              penaltyTrack={detail.penaltyTrack}
              isIncomplete={
                desk.stills.missing.length > 0 ||
                (detail.needsDriverAbsent &&
                  !desk.draft.driverAbsent &&
                  detail.secondLook?.look !== 'still_there')
              }
              markedCount={batch.marked.size}
              blocked={desk.blocked}
              isBusy={desk.isBusy}
              failure={desk.failure}
              note={note}
              onCommand={onCommand}
              onNote={(text) => desk.changeDraft((draft) => ({ ...draft, note: text }))}
            />
          </>
        )}
        <UndoBar undoable={undoDesk.last} onUndo={undo} />
        {last !== null && <LastDecision key={last.id} id={last.id} verdict={last.verdict} />}
      </aside>
      {mode === 'help' && <HelpDialog onClose={() => setMode('review')} />}
    </main>
  );
}
