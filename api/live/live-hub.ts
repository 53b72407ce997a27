import type { ServerResponse } from 'node:http';
import { type CandidateState, reviewResults } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import { mayDecideBlind } from '../candidates/blind-sight.ts';
import type { NumberedEvent } from './live-event.ts';
import { mayHear } from './may-hear.ts';

/** Browsers that listen. Far above a command centre's desks and phones, far below what a process can hold. */
const maxClients = 500;
/** A client that does not read is cut off rather than buffered for; it comes back and hears what it has missed. */
const maxBufferedBytes = 256 * 1024;
/** So that a rush is cut off in the middle where it is not read. */
const pieceChars = 64 * 1024;
/** Pages gather for longer before they read anew. */
const gatherMs = 50;
const decidedStates: readonly CandidateState[] = reviewResults;

interface LiveClient {
  readonly sessionHash: string;
  readonly response: ServerResponse;
  user: User;
  /** The newest event that it has been told, or may not hear. */
  sentId: number;
  /** What came while it is still being told what it missed; `null` afterwards. */
  waiting: NumberedEvent[] | null;
}

/** The open event streams of one console. */
export class LiveHub {
  readonly #clients = new Set<LiveClient>();
  readonly #isBlind: boolean;
  #gathered: NumberedEvent[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `isBlind`: some decisions are put before a second person, who must not learn the first. */
  constructor(isBlind: boolean) {
    this.#isBlind = isBlind;
  }

  get isFull(): boolean {
    return this.#clients.size >= maxClients;
  }

  get sessionHashes(): string[] {
    return [...new Set([...this.#clients].map((client) => client.sessionHash))];
  }

  /** Events wait until the client has been told with `resume` or `reset` where it stands. */
  add(sessionHash: string, user: User, response: ServerResponse): LiveClient {
    const client: LiveClient = { sessionHash, user, response, sentId: 0, waiting: [] };
    this.#clients.add(client);
    response.on('close', () => this.#clients.delete(client));
    response.on('error', () => this.#clients.delete(client)); // a browser that went away is no error
    return client;
  }

  /** Goes on behind an event with what came after it. */
  resume(client: LiveClient, afterId: number, missed: readonly NumberedEvent[]): void {
    const waiting = client.waiting ?? [];
    client.waiting = null;
    client.sentId = afterId;
    // What somebody may have missed is bounded, and a cut would only have it asked for again.
    for (const text of this.#toTexts(client, [...missed, ...waiting])) client.response.write(text);
    this.#write(client, `: listening\nid: ${client.sentId}\n\n`);
  }

  /** Tells the client to read everything anew; goes on from there. */
  reset(client: LiveClient, position: number): void {
    this.#write(client, `event: reset\ndata: {}\nid: ${position}\n\n`);
    this.resume(client, position, []);
  }

  /** Says it within `gatherMs`, what comes together in one piece: a rush would else cost a write for each event and client. */
  broadcast(event: NumberedEvent): void {
    this.#gathered.push(event);
    this.#timer ??= setTimeout(() => this.#flush(), gatherMs);
  }

  /** A comment that keeps proxies from closing a quiet stream, and moves on where it stands. */
  beat(): void {
    for (const client of this.#clients)
      if (client.waiting === null) this.#write(client, `: still here\nid: ${client.sentId}\n\n`);
  }

  /** Ends the streams whose session is not among these; the others hear what their posts may by now. */
  keepOnly(usersBySession: ReadonlyMap<string, User>): void {
    for (const client of this.#clients) {
      const user = usersBySession.get(client.sessionHash);
      if (user === undefined) client.response.end();
      else client.user = user;
    }
  }

  /** Ends all streams: browsers come back by themselves and hear what they have missed. */
  endAll(): void {
    this.#flush();
    for (const client of this.#clients) client.response.end();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#gathered;
    this.#gathered = [];
    for (const client of this.#clients)
      if (client.waiting === null) this.#tell(client, events);
      else client.waiting.push(...events);
  }

  #tell(client: LiveClient, events: readonly NumberedEvent[]): void {
    for (const text of this.#toTexts(client, events)) this.#write(client, text);
  }

  /** What a client may hear of these and has not been told, in pieces. */
  *#toTexts(client: LiveClient, events: readonly NumberedEvent[]): Generator<string> {
    let text = '';
    for (const event of events) {
      if (event.id <= client.sentId) continue;
      client.sentId = event.id;
      if (mayHear(client.user, event))
        text += `event: ${event.event}\ndata: ${JSON.stringify(this.#veil(client.user, event))}\nid: ${event.id}\n\n`;
      if (text.length < pieceChars) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
  }

  /** Who may be asked to decide the same again without knowing does not learn what others have decided. */
  #veil(user: User, event: NumberedEvent): object {
    const isDecision = event.event === 'candidate' && decidedStates.includes(event.data.state);
    return isDecision && this.#isBlind && mayDecideBlind(user) ? { id: event.data.id } : event.data;
  }

  #write({ response }: LiveClient, text: string): void {
    if (response.writableEnded || response.destroyed) return;
    if (response.writableLength > maxBufferedBytes) response.destroy();
    else response.write(text);
  }
}
