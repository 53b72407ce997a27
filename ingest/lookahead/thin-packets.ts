import { Transform } from 'node:stream';
import { createMatroskaReader, type MatroskaPacket, toCluster } from './matroska.ts';
import { createFactsReader, type FactsReader } from './picture-facts.ts';
import { type PlannedPicture, planGroup } from './plan-group.ts';

export interface ThinningOptions {
  readonly codec: string;
  /** Milliseconds that a tick of the packets' times stands for. */
  readonly tickMs: number;
  readonly everyMs: number;
  readonly shortestMs: number;
}

interface HeldPacket extends PlannedPicture {
  readonly packet: MatroskaPacket;
}

/** A group of pictures that is longer than this is planned in parts. */
const maxHeldBytes = 24 * 1024 * 1024;
const maxHeldPackets = 1500;
/** Time may not go back by more from one group to the next: encoders blunder a little. */
const mostBackMs = 1000;
const highWaterBytes = 1024 * 1024;

/**
 * Passes on of a Matroska stream what must be decoded for the wanted samples. A packet of time t leaves with the time 2t + 1 when its
 * picture is a sample, and with 2t when others need it: so the decoder's filter knows the samples, and none gets another's time.
 */
export function createPacketThinner(options: ThinningOptions): Transform {
  const { codec, tickMs, everyMs, shortestMs } = options;
  let readFacts: FactsReader | null = null;
  let held: HeldPacket[] = [];
  let heldBytes = 0;
  let isWhole = true;
  let greatestMs = Number.NEGATIVE_INFINITY;
  let lastMs: number | null = null;

  const flush = (nextMs: number | null, isNeededOn: boolean): void => {
    const plan = planGroup({ pictures: held, isWhole, isNeededOn, nextMs }, { everyMs, shortestMs, lastMs });
    for (const index of plan.decoded) {
      const { packet, atMs } = held[index] as HeldPacket;
      const isSample = plan.sampled.has(index);
      if (isSample) lastMs = Math.max(lastMs ?? atMs, atMs);
      stream.push(toCluster({ ...packet, ticks: 2 * packet.ticks + (isSample ? 1 : 0) }));
    }
    held = [];
    heldBytes = 0;
    isWhole = !isNeededOn;
  };
  const takePacket = (packet: MatroskaPacket): void => {
    const facts = readFacts?.(packet.data) ?? { isEntry: packet.isKey, isReference: true };
    const atMs = packet.ticks * tickMs;
    // Pictures shown before a keyframe and decoded after it go with it; where they are wanted, decoding must go on across it.
    const isBridged = held.length === 0 || atMs - greatestMs <= everyMs;
    if (packet.isKey && facts.isEntry && isBridged) {
      if (atMs < greatestMs - mostBackMs) throw new TimeTurn(greatestMs);
      flush(atMs, false);
    } else if ((heldBytes > maxHeldBytes || held.length >= maxHeldPackets) && atMs > greatestMs)
      // What is shown before this one but decoded after it is still later than all that is held.
      flush(atMs, true);
    greatestMs = Math.max(greatestMs, atMs);
    held.push({ packet, atMs, isReference: facts.isReference });
    heldBytes += packet.data.length;
  };
  const read = createMatroskaReader({
    onHeader(header, configuration) {
      readFacts = createFactsReader(codec, configuration);
      stream.push(header);
    },
    onPacket: takePacket,
  });
  // The library that runs ffmpeg takes a stream's closing for a fault.
  const stream = new Transform({
    autoDestroy: false,
    emitClose: false,
    highWaterMark: highWaterBytes,
    transform(bytes: Buffer, _encoding, done) {
      try {
        read(bytes);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      flush(null, false);
      done();
    },
  });
  return stream;
}

/** The clip's time goes back after this, milliseconds of its own. */
export class TimeTurn extends Error {
  override readonly name = 'TimeTurn';
  readonly afterMs: number;
  constructor(afterMs: number) {
    super(`time goes back after ${afterMs} ms`);
    this.afterMs = afterMs;
  }
}
