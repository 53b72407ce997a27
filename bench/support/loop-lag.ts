/** Event-loop lag of a running program, from its metrics page; `null` where it tells none. */
export async function readLoopLag(
  metricsPort: number,
): Promise<{ loopLagP50Ms: number | null; loopLagP99Ms: number | null }> {
  const page = await fetch(`http://127.0.0.1:${metricsPort}/metrics`, { signal: AbortSignal.timeout(5000) })
    .then((response) => response.text())
    .catch(() => '');
  const read = (quantile: string): number | null => {
    const found = new RegExp(`^\\S*event_?loop_?lag_${quantile}_seconds(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(
      page,
    );
    return found === null ? null : Math.round(Number(found[1]) * 1e5) / 100;
  };
  return { loopLagP50Ms: read('p50'), loopLagP99Ms: read('p99') };
}
