import { Registry } from 'prom-client';
import type { CameraHealth } from '../../domain/mod.ts';
import { type CalendarYear, registerCalendarMetrics } from './calendar-metrics.ts';
import { registerCameraMetrics } from './camera-metrics.ts';
import { type DetectorFigures, registerDetectorMetrics } from './detector-metrics.ts';
import { watchProcess } from './process-metrics.ts';
import { type RulesFigures, registerRulesMetrics } from './rules-metrics.ts';

/** What this process can tell Prometheus. Everything is read when somebody asks. */
export interface Metrics {
  /** Value of the reply's content-type header. */
  readonly contentType: string;
  /** The text exposition format. */
  render(): Promise<string>;
  /** Cameras that this process knows of; those that are gone from the list are gone from the next reply. May be called once. */
  setCameras(list: () => Iterable<CameraHealth>): void;
  /** May be called once. */
  setDetector(read: () => DetectorFigures): void;
  /** May be called once. */
  setRules(read: () => RulesFigures): void;
  /** Years that the calendar must know by now. May be called once. */
  setCalendar(list: () => Iterable<CalendarYear>): void;
  close(): void;
}

/** Metrics of this process from now on; `close` ends its measuring. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  const process = watchProcess(registry);
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    setCameras: (list) => registerCameraMetrics(registry, list),
    setDetector: (read) => registerDetectorMetrics(registry, read),
    setRules: (read) => registerRulesMetrics(registry, read),
    setCalendar: (list) => registerCalendarMetrics(registry, list),
    close: () => process.close(),
  };
}
