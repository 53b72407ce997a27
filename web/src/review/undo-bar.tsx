import { useEffect, useState } from 'react';
import { useLanguage } from '../i18n/language.tsx';
import type { Undoable } from './use-undo.ts';

const tickMs = 200;

/** Counts down as long as the newest decision can be taken back. */
export function UndoBar({
  undoable,
  onUndo,
}: {
  readonly undoable: Undoable | null;
  readonly onUndo: () => void;
}) {
  const { t } = useLanguage();
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (undoable === null) return undefined;
    setNowMs(Date.now());
    const timer = window.setInterval(() => setNowMs(Date.now()), tickMs);
    return () => window.clearInterval(timer);
  }, [undoable]);
  const leftMs = undoable === null ? 0 : undoable.untilMs - nowMs;
  if (leftMs <= 0) return null;
  return (
    <button type="button" className="button undo-bar" onClick={onUndo}>
      {t('undo.left', { n: Math.ceil(leftMs / 1000) })} <kbd>U</kbd>
    </button>
  );
}
