import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runCommand } from '../../app/main.ts';
import { makeTempDir } from '../support/temp-dir.ts';

test('the bundled weights find what the demo town was made to show, and nothing else', async () => {
  const data = await makeTempDir('demo-score');
  const lines: string[] = [];
  try {
    const code = await runCommand(['demo-score', '--data', data], {
      print: (line) => void lines.push(line),
      printError: (line) => void lines.push(line),
    });
    expect(JSON.parse(lines.at(-1) ?? ''), lines.join('\n')).toEqual({ precision: 1, recall: 1, f1: 1 });
    for (const reason of ['congestion', 'permitted'])
      expect(lines.some((line) => line.includes(` held `) && line.includes(reason))).toBe(true);
    expect(code).toBe(0);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}, 240_000);
