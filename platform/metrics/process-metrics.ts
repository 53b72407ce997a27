import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import { addCounter, addGauge } from './read-at-scrape.ts';

/** The event loop's lag is told of the last whole minute, whoever asks and how often. */
const windowMs = 60_000;
const resolutionMs = 10;
const quantiles = [0.5, 0.99] as const;

/** `xunjie_process_*` and `xunjie_event_loop_lag_seconds` of this process. */
export function watchProcess(registry: Registry): { close(): void } {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  let lastMinute: ReturnType<typeof readLag> | null = null;
  const timer = setInterval(() => {
    lastMinute = readLag(histogram);
    histogram.reset();
  }, windowMs);
  timer.unref();
  addGauge(registry, {
    name: 'xunjie_event_loop_lag_seconds',
    help: 'How late the main thread comes to its work, over the last whole minute',
    labels: ['quantile'],
    read: () => lastMinute ?? readLag(histogram),
  });
  addGauge(registry, {
    name: 'xunjie_process_resident_memory_bytes',
    help: 'Memory of this process; ffmpeg and the engines are processes of their own',
    labels: [],
    read: () => [{ labels: {}, value: process.memoryUsage.rss() }],
  });
  addGauge(registry, {
    name: 'xunjie_process_uptime_seconds',
    help: 'Time since this process started',
    labels: [],
    read: () => [{ labels: {}, value: process.uptime() }],
  });
  addCounter(registry, {
    name: 'xunjie_process_cpu_seconds_total',
    help: 'Processor time of this process with all its threads',
    labels: [],
    read: () => {
      const { user, system } = process.cpuUsage();
      return [{ labels: {}, value: (user + system) / 1e6 }];
    },
  });
  return {
    close() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

/** The timer itself is due each `resolutionMs`; only what comes on top is lag. */
function readLag(histogram: IntervalHistogram) {
  return quantiles.map((quantile) => ({
    labels: { quantile: String(quantile) },
    value:
      histogram.count === 0
        ? 0
        : Math.max(0, histogram.percentile(quantile * 100) / 1e9 - resolutionMs / 1000),
  }));
}
