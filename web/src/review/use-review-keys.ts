import { useEffect, useRef } from 'react';
import { isTakenByFocus, type ReviewCommand, type ReviewMode, toCommand } from './key-map.ts';

/** Turns keys into commands as long as the page is open; silent while someone types in a field. */
export function useReviewKeys(mode: ReviewMode, onCommand: (command: ReviewCommand) => void): void {
  const handler = useRef(onCommand);
  const currentMode = useRef(mode);
  useEffect(() => {
    handler.current = onCommand;
    currentMode.current = mode;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || event.isComposing) return;
      if (event.target instanceof HTMLElement && isTakenByFocus(event, event.target)) return;
      const command = toCommand(event, currentMode.current);
      if (command === null) return;
      event.preventDefault();
      handler.current(command);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
