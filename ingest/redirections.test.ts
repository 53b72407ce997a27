import { expect, test } from 'vitest';
import { createRedirectionWatch } from './redirections.ts';

const to = (url: string): string => `[rtsp @ 0x55d0a1] Status 302: Redirecting to ${url}`;
const ours = to('rtsp://viewer:secret@10.0.0.5/cam');

test.each([
  { name: 'ours', lines: [ours], isFollowed: true, refused: null },
  { name: 'one of the camera', lines: [ours, to('rtsp://10.0.0.6:8554/x')], isFollowed: true, refused: null },
  {
    name: 'to another protocol',
    lines: [ours, to('http://10.0.0.6/x')],
    isFollowed: true,
    refused: 'it redirects to http://10.0.0.6, which is not read as RTSP',
  },
  {
    name: 'where a certificate was checked',
    lines: [ours, to('rtsps://u:p@10.0.0.6/x')],
    isFollowed: false,
    refused: 'it redirects to rtsps://10.0.0.6; with tls.verify that is not followed',
  },
  {
    name: 'from TLS to none',
    lines: [to('rtsps://10.0.0.5/cam'), to('rtsp://10.0.0.5/cam')],
    isFollowed: true,
    refused: 'it redirects from rtsps:// to rtsp://10.0.0.5, which is not followed',
  },
  {
    name: 'in a circle',
    lines: [ours, ...Array.from({ length: 6 }, () => to('rtsp://10.0.0.5/cam'))],
    isFollowed: true,
    refused: 'it redirects more than 5 times',
  },
])('a redirection: $name', ({ lines, isFollowed, refused }) => {
  const watch = createRedirectionWatch(isFollowed);
  expect(lines.map((line) => watch.acceptLine(line)).at(-1)).toBe(refused);
});

test('a reason names the place that the camera named, and no other', () => {
  const watch = createRedirectionWatch(true);
  watch.acceptLine(ours);
  expect(watch.explain('Connection refused')).toBe('Connection refused');
  watch.acceptLine(to('rtsp://viewer:secret@10.0.0.6:8554/x'));
  expect(watch.explain('Connection refused')).toBe(
    'it redirects to rtsp://10.0.0.6:8554: Connection refused',
  );
});
