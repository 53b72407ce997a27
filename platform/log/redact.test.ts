import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { redact } from './redact.ts';

test.each([
  ['rtsp://admin:12345@10.0.0.9:554/ch1', 'rtsp://***@10.0.0.9:554/ch1'],
  ['cannot open rtsps://user@host/x: 401', 'cannot open rtsps://***@host/x: 401'],
  ['postgres://xunjie:p%40ss@127.0.0.1:5/x', 'postgres://***@127.0.0.1:5/x'],
  ['http://h/live?token=abc&x=1', 'http://h/live?token=***&x=1'],
  ['two rtsp://a:b@c/ and rtsp://d:e@f/', 'two rtsp://***@c/ and rtsp://***@f/'],
  ['a mail to office@example.org is left alone', 'a mail to office@example.org is left alone'],
  ['http://h/path', 'http://h/path'],
  ['rtsp://admin:se@cr/et@h:554/x', 'rtsp://***@h:554/x'],
  ['rtsp://admin：secret＠10.0.0.1/x', 'rtsp://***@10.0.0.1/x'],
  ['not "rtsp://admin:a-long-sec..." but', 'not "rtsp://***" but'],
  ['rtsp://admin:123456 and more', 'rtsp://*** and more'],
  [
    'http://127.0.0.1:8080/x, http://h:80: refused; http://[::1]:99',
    'http://127.0.0.1:8080/x, http://h:80: refused; http://[::1]:99',
  ],
  ['write nats://host:4222 or http://host:port', 'write nats://host:4222 or http://host:port'],
  ['at file:///app/main.ts:10:5 (node:internal)', 'at file:///app/main.ts:10:5 (node:internal)'],
])('%s', (text, expected) => {
  expect(redact(text)).toBe(expected);
});

test('a log line is redacted wherever the secret stands in it', () => {
  const lines: string[] = [];
  const logger = createLogger('info', (line) => lines.push(line));
  logger
    .child({ url: 'rtsp://admin:word@h/1' })
    .warn({ nested: { list: ['rtsp://admin:word@h/2'] } }, 'lost rtsp://admin:word@h/3');
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain('word');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'lost rtsp://***@h/3' });
});
