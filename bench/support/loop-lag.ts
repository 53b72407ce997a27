/** Event-loop lag of a running program, from its metrics page; `null` where it tells none. */
export async function readLoopLag(
  metricsPort: number,
): Promise<{ loopLagP50Ms: number | null; loopLagP99Ms: number | null }> {
  const page = await fetch(`http://127.0.0.1:${metricsPort}/metrics`, { signal: AbortSignal.timeout(5000) })
    .then((response) => response.text())
    .catch(() => '');
  const read = (quantile: string): number | null => {
    const line = page
      .split('\n')
      .find((each) => each.startsWith(`xunjie_event_loop_lag_seconds{quantile="${quantile}"}`));
    const found = line?.split(' ').at(-1);
    return found === undefined ? null : Math.round(Number(found) * 1e5) / 100;
  };
  return { loopLagP50Ms: read('0.5'), loopLagP99Ms: read('0.99') };
}
