import { expect, test } from 'vitest';
import { createTranslate } from '../i18n/language.tsx';
import { RequestError, toRequestError } from './client.ts';
import { describeError } from './describe-error.ts';

const t = createTranslate('en');

test("the contract's error is taken over whole", () => {
  const body = {
    error: {
      code: 'lease_lost',
      message: 'held by reviewer-02 until 12:03:10',
      details: { by: 'reviewer-02' },
    },
  };
  expect(toRequestError(409, body)).toMatchObject({
    status: 409,
    code: 'lease_lost',
    message: 'held by reviewer-02 until 12:03:10',
    details: { by: 'reviewer-02' },
  });
});

test.each([undefined, null, 'Bad Gateway', {}, { error: 'oops' }])(
  '%j from something in between is unreadable',
  (body) => {
    expect(toRequestError(502, body)).toMatchObject({ status: 502, code: 'unreadable' });
  },
);

test.each([
  [new RequestError(0, 'offline', 'x'), /cannot be reached/],
  [new RequestError(403, 'forbidden', 'only dispatcher may'), /^Not allowed: only dispatcher may$/],
  [new RequestError(409, 'conflict', 'version 3'), /^It has changed: version 3$/],
  [new RequestError(502, 'unreadable', 'the server answered 502'), /^The server failed/],
  [new Error('plain'), /^plain$/],
])('%s is told in one line', (error, expected) => {
  expect(describeError(error, t)).toMatch(expected);
});
