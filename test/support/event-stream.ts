import { get, type IncomingMessage } from 'node:http';

export interface HeardEvent {
  readonly id: number;
  readonly event: string;
  readonly data: string;
}

/** A browser's side of an event stream: keeps what it heard and where it stands, and can go on after it was cut off. */
export interface EventStream {
  readonly heard: readonly HeardEvent[];
  /** Opens the stream, with `Last-Event-ID` when it was open before. Resolves when the server has answered. */
  open(): Promise<void>;
  /** Breaks the connection, as a lost network does. */
  cut(): void;
  /** Stops and goes on reading what arrives. */
  pause(): void;
  goOn(): void;
}

export function createEventStream(url: string, cookie: string): EventStream {
  const heard: HeardEvent[] = [];
  let lastId: string | null = null;
  let response: IncomingMessage | null = null;
  return {
    heard,
    open: () =>
      new Promise((resolve, reject) => {
        const headers = { cookie, ...(lastId !== null && { 'last-event-id': lastId }) };
        const asking = get(`${url}/api/events`, { headers, agent: false }, (reply) => {
          response = reply;
          let buffered = '';
          reply.setEncoding('utf8');
          reply.on('error', () => undefined); // it was cut
          reply.on('data', (text: string) => {
            buffered += text;
            for (let end = buffered.indexOf('\n\n'); end >= 0; end = buffered.indexOf('\n\n')) {
              const fields = new Map(
                buffered
                  .slice(0, end)
                  .split('\n')
                  .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
              );
              buffered = buffered.slice(end + 2);
              lastId = fields.get('id') ?? lastId;
              const event = fields.get('event');
              if (event !== undefined)
                heard.push({ id: Number(fields.get('id')), event, data: fields.get('data') ?? '' });
            }
          });
          if (reply.statusCode === 200) resolve();
          else reject(new Error(`the stream was answered with ${reply.statusCode}`));
        });
        asking.on('error', reject);
      }),
    cut: () => response?.destroy(),
    pause: () => response?.pause(),
    goOn: () => response?.resume(),
  };
}
