import type { ServerResponse } from 'node:http';
import { type CandidateState, reviewResults } from '../../domain/mod.ts';
import type { LiveEvent } from './live-event.ts';

/** Browsers that listen. Far above a command centre's desks and phones, far below what a process can hold. */
const maxClients = 500;
/** A client that does not read is cut off rather than buffered for. */
const maxBufferedBytes = 256 * 1024;
/** Pages gather for longer before they read anew. */
const gatherMs = 50;
const decidedStates: readonly CandidateState[] = reviewResults;

export interface LiveClient {
  readonly sessionHash: string;
  /** May learn what others have decided: not who may be asked to decide the same again without knowing. */
  readonly seesDecisions: boolean;
  readonly response: ServerResponse;
}

/** The open event streams of one console. */
export class LiveHub {
  readonly #clients = new Set<LiveClient>();
  #gathered = '';
  /** The same, without what was decided. */
  #withoutDecisions = '';
  #timer: NodeJS.Timeout | undefined;

  get isFull(): boolean {
    return this.#clients.size >= maxClients;
  }

  get sessionHashes(): string[] {
    return [...new Set([...this.#clients].map((client) => client.sessionHash))];
  }

  add(client: LiveClient): void {
    this.#clients.add(client);
    client.response.on('close', () => this.#clients.delete(client));
    client.response.on('error', () => this.#clients.delete(client)); // a browser that went away is no error
  }

  /** Says it to all within `gatherMs`, what comes together in one piece: a rush would else cost a write for each event and client. */
  broadcast(live: LiveEvent): void {
    const { event, data } = live;
    this.#gathered += toText(event, data);
    const isDecision = live.event === 'candidate' && decidedStates.includes(live.data.state);
    this.#withoutDecisions += toText(event, isDecision ? { id: live.data.id } : data);
    this.#timer ??= setTimeout(() => this.#flush(), gatherMs);
  }

  /** A comment that keeps proxies from closing a quiet stream. */
  beat(): void {
    this.#write(': still here\n\n');
  }

  /** Ends the streams whose session is not among these. */
  endOthers(liveSessions: ReadonlySet<string>): void {
    for (const client of this.#clients) if (!liveSessions.has(client.sessionHash)) client.response.end();
  }

  /** Ends all streams: browsers come back by themselves and read everything anew. */
  endAll(): void {
    this.#flush();
    for (const client of this.#clients) client.response.end();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [text, veiled] = [this.#gathered, this.#withoutDecisions];
    [this.#gathered, this.#withoutDecisions] = ['', ''];
    if (text !== '') this.#write(text, veiled);
  }

  #write(text: string, veiled = text): void {
    for (const { response, seesDecisions } of this.#clients)
      if (response.writableLength > maxBufferedBytes) response.destroy();
      else response.write(seesDecisions ? text : veiled);
  }
}

function toText(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
