import { Counter, Gauge, type Registry } from 'prom-client';

/** One value of a metric with its labels. */
export interface Sample<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly value: number;
}

interface Description<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
  /** All that there is now: what is missing from it is gone. */
  readonly read: () => Iterable<Sample<Label>>;
}

/** A gauge whose values are read when they are asked for. */
export function addGauge<Label extends string>(registry: Registry, metric: Description<Label>): void {
  const gauge = new Gauge({
    ...toSettings(registry, metric),
    collect() {
      gauge.reset();
      for (const { labels, value } of metric.read()) gauge.set(labels, value);
    },
  });
}

/** A counter that is kept elsewhere: its present count is read when it is asked for. The name ends with `_total`. */
export function addCounter<Label extends string>(registry: Registry, metric: Description<Label>): void {
  const counter = new Counter({
    ...toSettings(registry, metric),
    collect() {
      counter.reset();
      for (const { labels, value } of metric.read()) counter.inc(labels, value);
    },
  });
}

function toSettings<Label extends string>(registry: Registry, metric: Description<Label>) {
  return { name: metric.name, help: metric.help, labelNames: [...metric.labels], registers: [registry] };
}
