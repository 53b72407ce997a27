import { useCallback, useState } from 'react';

export interface Announcer {
  readonly message: string;
  readonly announce: (message: string) => void;
}

/** One polite line for screen readers. The same words twice are still read twice. */
export function useAnnouncer(): Announcer {
  const [message, setMessage] = useState('');
  const announce = useCallback(
    (next: string) => setMessage((current) => (current === next ? `${next}\u200b` : next)),
    [],
  );
  return { message, announce };
}

export function LiveRegion({ message }: { readonly message: string }) {
  return (
    <div className="visually-hidden" aria-live="polite" role="status">
      {message}
    </div>
  );
}
