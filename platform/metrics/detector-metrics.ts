import type { Registry } from 'prom-client';
import { addCounter, addGauge } from './read-at-scrape.ts';

/** What a detector tells of itself: counts since it was opened, and what is the case now. */
export interface DetectorFigures {
  readonly provider: string;
  readonly workers: number;
  readonly workersWanted: number;
  readonly restarts: number;
  readonly running: number;
  readonly waiting: number;
  readonly waitingBytes: number;
  readonly offered: number;
  readonly done: number;
  readonly failed: number;
  readonly superseded: number;
  readonly overLimit: number;
  readonly batches: number;
  readonly prepareMs: number;
  readonly inferMs: number;
  readonly decodeMs: number;
}

/** `xunjie_detector_*`. */
export function registerDetectorMetrics(registry: Registry, read: () => DetectorFigures): void {
  const one = (value: number) => [{ labels: {}, value }];
  addGauge(registry, {
    name: 'xunjie_detector_info',
    help: 'Always 1; what runs the model',
    labels: ['provider'],
    read: () => [{ labels: { provider: read().provider }, value: 1 }],
  });
  addCounter(registry, {
    name: 'xunjie_detector_pictures_total',
    help: 'Pictures by what became of them',
    labels: ['result'],
    read: () => {
      const figures = read();
      return (['done', 'failed', 'superseded', 'overLimit'] as const).map((result) => ({
        labels: { result: result === 'overLimit' ? 'over_limit' : result },
        value: figures[result],
      }));
    },
  });
  addCounter(registry, {
    name: 'xunjie_detector_seconds_total',
    help: 'Time of the workers by what they did',
    labels: ['stage'],
    read: () => {
      const { prepareMs, inferMs, decodeMs } = read();
      return [
        { labels: { stage: 'prepare' }, value: prepareMs / 1000 },
        { labels: { stage: 'infer' }, value: inferMs / 1000 },
        { labels: { stage: 'decode' }, value: decodeMs / 1000 },
      ];
    },
  });
  for (const [name, help, key] of [
    ['pictures_offered_total', 'Pictures that were handed to the detector', 'offered'],
    ['batches_total', 'Answered runs of the model', 'batches'],
    ['worker_restarts_total', 'Workers that died and were replaced', 'restarts'],
  ] as const)
    addCounter(registry, { name: `xunjie_detector_${name}`, help, labels: [], read: () => one(read()[key]) });
  for (const [name, help, key] of [
    ['workers', 'Workers in service', 'workers'],
    ['workers_wanted', 'Workers that were asked for', 'workersWanted'],
    ['pictures_running', 'Pictures with a worker', 'running'],
    ['pictures_waiting', 'Pictures that wait', 'waiting'],
    ['waiting_bytes', 'Memory of the pictures that wait', 'waitingBytes'],
  ] as const)
    addGauge(registry, { name: `xunjie_detector_${name}`, help, labels: [], read: () => one(read()[key]) });
}
