import { expect, test } from 'vitest';
import { createGatherer } from './gather.ts';

/** A source whose answers are let go by hand. */
function openSource() {
  const questions: { keys: readonly string[]; answer: (value: string | Error) => void }[] = [];
  const gatherer = createGatherer<string>(
    (keys) =>
      new Promise((resolve, reject) => {
        questions.push({
          keys,
          answer: (value) =>
            value instanceof Error
              ? reject(value)
              : resolve(new Map(keys.filter((key) => key !== 'unknown').map((key) => [key, value]))),
        });
      }),
  );
  return { questions, gatherer };
}

test('who asks while a question is open shares the next one, and never gets the open one', async () => {
  const { questions, gatherer } = openSource();
  const first = gatherer.get('a');
  const later = [gatherer.get('a'), gatherer.get('b'), gatherer.get('unknown')];
  expect(questions.map(({ keys }) => keys)).toEqual([['a']]);
  questions[0]?.answer('old');
  expect(await first).toBe('old');
  await new Promise((resolve) => setImmediate(resolve));
  expect(questions.map(({ keys }) => keys)).toEqual([['a'], ['a', 'b', 'unknown']]);
  questions[1]?.answer('new');
  expect(await Promise.all(later)).toEqual(['new', 'new', null]);
});

test('a question that fails is told to those who waited for it alone', async () => {
  const { questions, gatherer } = openSource();
  const first = gatherer.get('a');
  const second = gatherer.get('b');
  questions[0]?.answer(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await new Promise((resolve) => setImmediate(resolve));
  questions[1]?.answer('back');
  expect(await second).toBe('back');
  const third = gatherer.get('c');
  questions[2]?.answer('still here');
  expect(await third).toBe('still here');
});
