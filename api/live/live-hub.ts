import type { ServerResponse } from 'node:http';
import type { LiveEvent } from './live-event.ts';

/** Browsers that listen. Far above a command centre's desks and phones, far below what a process can hold. */
const maxClients = 500;
/** A client that does not read is cut off rather than buffered for. */
const maxBufferedBytes = 256 * 1024;
/** Pages gather for longer before they read anew. */
const gatherMs = 50;

export interface LiveClient {
  readonly sessionHash: string;
  readonly response: ServerResponse;
}

/** The open event streams of one console. */
export class LiveHub {
  readonly #clients = new Set<LiveClient>();
  #gathered = '';
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
  broadcast({ event, data }: LiveEvent): void {
    this.#gathered += `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
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
    const text = this.#gathered;
    this.#gathered = '';
    if (text !== '') this.#write(text);
  }

  #write(text: string): void {
    for (const { response } of this.#clients)
      if (response.writableLength > maxBufferedBytes) response.destroy();
      else response.write(text);
  }
}
