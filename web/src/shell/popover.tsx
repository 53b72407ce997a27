import { type ReactNode, useEffect, useRef } from 'react';

/** A button with a panel below it; closes on Escape and on a click elsewhere. */
export function Popover({
  label,
  title,
  children,
}: {
  readonly label: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
}) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const element = details.current;
      if (element === null || !element.open) return;
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : !element.contains(event.target as Node)) {
        element.open = false;
      }
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('keydown', close);
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('keydown', close);
    };
  }, []);
  return (
    <details ref={details} className="popover">
      <summary title={title}>{label}</summary>
      <div className="popover-panel" role="region" aria-label={title}>
        {children}
      </div>
    </details>
  );
}
