import { useEffect, useState } from 'react';

/** The current time in milliseconds, renewed every `periodMs`. */
export function useNow(periodMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNowMs(Date.now()), periodMs);
    return () => window.clearInterval(timer);
  }, [periodMs]);
  return nowMs;
}
