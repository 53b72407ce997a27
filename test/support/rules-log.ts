import { expect } from 'vitest';
import type { CandidateEvent, DetectionBatch } from '../../domain/mod.ts';
import type { OwnNats } from './own-nats.ts';

export async function publishBatches({ bus }: OwnNats, some: readonly DetectionBatch[]): Promise<void> {
  for (const batch of some)
    await bus.publish('detections', batch.camera, `${batch.camera}:${batch.capturedAtMs}`, batch);
}

/** Expects exactly these events on the bus, each camera's in order; returns them as they were stored. */
export async function expectEvents(
  nats: OwnNats,
  expected: ReadonlyMap<string, readonly CandidateEvent[]>,
): Promise<CandidateEvent[]> {
  const said = await nats.readAll<CandidateEvent>('candidates');
  const toLine = ({ type, atMs, candidate }: CandidateEvent) =>
    `${type} ${candidate.id} ${atMs} ${candidate.sceneVersion}`;
  for (const [camera, events] of expected) {
    const own = said.filter((event) => event.camera === camera).map(({ payload }) => payload);
    expect(own.map(toLine), camera).toEqual(events.map(toLine));
    expect(own, camera).toEqual(events);
  }
  expect(said).toHaveLength([...expected.values()].flat().length);
  return said.map(({ payload }) => payload);
}
