/** Why something that waited is given up: a newer one of its camera came, or too much waits. */
export type GivenUpReason = 'superseded' | 'over_limit';

interface Waiting<T> {
  readonly item: T;
  readonly bytes: number;
  /** Never given up: whoever offered it offers nothing more until it is answered. */
  readonly isKept: boolean;
}

interface Line<T> {
  readonly waiting: Waiting<T>[];
  isServed: boolean;
}

/** Whose a thing is. A symbol stands for a single thing of nobody. */
export type LineKey = string | symbol;

export interface Taken<T> extends Waiting<T> {
  readonly key: LineKey;
}

/** What may wait, but for kept things: those are bounded by whoever offers them. */
interface QueueLimits {
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
}

/**
 * Who is served next. Each camera has one place and, but for kept things, one thing in it: the newest. The camera whose last turn is
 * longest ago comes first, so at overload all get the same number of turns, whatever they send and whatever a turn costs. One that is
 * new begins at the end, as if it had just had a turn; one that comes back has one turn early and no more. A camera has one thing in
 * service at a time, so its answers come in order.
 */
export class CameraQueue<T> {
  /** In the order of last turns, longest ago first: a turn moves its camera to the end. */
  #lines = new Map<LineKey, Line<T>>();
  readonly #limits: QueueLimits;
  readonly #kept = { size: 0, bytes: 0 };
  readonly #newest = { size: 0, bytes: 0 };

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#kept.size + this.#newest.size;
  }

  get bytes(): number {
    return this.#kept.bytes + this.#newest.bytes;
  }

  /** The newest that waits of a camera. */
  peek(key: LineKey): T | null {
    return this.#lines.get(key)?.waiting.at(-1)?.item ?? null;
  }

  /** Puts one in and returns those that are given up for it; it may be among them. */
  offer(key: LineKey, entry: Waiting<T>): { item: T; reason: GivenUpReason }[] {
    const line = this.#lines.get(key) ?? { waiting: [], isServed: false };
    this.#lines.set(key, line);
    const givenUp: { item: T; reason: GivenUpReason }[] = [];
    for (let i = line.waiting.length - 1; i >= 0; i--)
      if (line.waiting[i]?.isKept === false)
        givenUp.push({ item: this.#remove(line, i).item, reason: 'superseded' });
    this.#insert(line, entry, line.waiting.length);
    const { maxWaiting, maxWaitingBytes } = this.#limits;
    while (this.#newest.size > maxWaiting || this.#newest.bytes > maxWaitingBytes) {
      const last = this.#giveUpLast();
      if (last === null) break;
      givenUp.push({ item: last.item, reason: 'over_limit' });
    }
    return givenUp;
  }

  /** The next one's turn; `null` when nobody waits whose last one is answered. */
  take(): Taken<T> | null {
    for (const [key, line] of this.#lines) {
      if (line.waiting.length === 0 || line.isServed) continue;
      const entry = this.#remove(line, 0);
      this.#lines.delete(key);
      line.isServed = true;
      this.#lines.set(key, line);
      return { key, ...entry };
    }
    return null;
  }

  /** Those that could be taken now, in the order of their turns. */
  listReady(): T[] {
    const ready: T[] = [];
    for (const line of this.#lines.values()) {
      const [entry] = line.waiting;
      if (entry !== undefined && !line.isServed) ready.push(entry.item);
    }
    return ready;
  }

  /** What was taken is answered. */
  finish(key: LineKey): void {
    const line = this.#lines.get(key);
    if (line === undefined) return;
    line.isServed = false;
    if (typeof key === 'symbol') this.#lines.delete(key);
  }

  /** What was taken could not begin: it has its turn back, unless a newer one has come meanwhile. Returns it when it is given up. */
  putBack({ key, ...entry }: Taken<T>): T | null {
    const line: Line<T> = this.#lines.get(key) ?? { waiting: [], isServed: false };
    line.isServed = false;
    this.#lines.delete(key);
    this.#lines = new Map([[key, line], ...this.#lines]);
    if (!entry.isKept && line.waiting.length > 0) return entry.item;
    this.#insert(line, entry, 0);
    return null;
  }

  /** Takes everything out. */
  drain(): T[] {
    return [...this.#lines.values()].flatMap((line) => this.#empty(line));
  }

  /** Forgets a camera's place; returns what of it waited. */
  forget(key: LineKey): T[] {
    const line = this.#lines.get(key);
    if (line === undefined) return [];
    this.#lines.delete(key);
    return this.#empty(line);
  }

  #empty(line: Line<T>): T[] {
    const items: T[] = [];
    while (line.waiting.length > 0) items.push(this.#remove(line, 0).item);
    return items;
  }

  /** The one that would have to wait longest anyway. */
  #giveUpLast(): Waiting<T> | null {
    for (const [key, line] of [...this.#lines].toReversed()) {
      const at = line.waiting.findLastIndex((entry) => !entry.isKept);
      if (at === -1) continue;
      const entry = this.#remove(line, at);
      if (typeof key === 'symbol') this.#lines.delete(key);
      return entry;
    }
    return null;
  }

  #insert(line: Line<T>, { item, bytes, isKept }: Waiting<T>, at: number): void {
    line.waiting.splice(at, 0, { item, bytes, isKept });
    const total = isKept ? this.#kept : this.#newest;
    total.size++;
    total.bytes += bytes;
  }

  #remove(line: Line<T>, at: number): Waiting<T> {
    const [entry] = line.waiting.splice(at, 1);
    if (entry === undefined) throw new Error('nothing waits there');
    const total = entry.isKept ? this.#kept : this.#newest;
    total.size--;
    total.bytes -= entry.bytes;
    return entry;
  }
}
