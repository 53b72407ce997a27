import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LogLevel } from '../../platform/mod.ts';
import { type ClipOutcome, type ScoreRow, scoreClip, sumUp } from '../demo/score-town.ts';
import { townDir } from '../demo/town-cameras.ts';
import { readTruths } from '../replay/read-truth.ts';
import { toTableLines } from '../text-table.ts';
import { runClip } from './run.ts';

export interface DemoScoreOptions {
  readonly model?: string;
  readonly data: string;
  readonly logLevel: LogLevel;
}

/** Runs each of the town's clips as `xunjie run` does and scores what is raised and held against the generator's truth. 1 when it is not all right. */
export async function scoreDemo(options: DemoScoreOptions, print: (line: string) => void): Promise<number> {
  const out = await mkdtemp(path.join(tmpdir(), 'xunjie-demo-score-'));
  try {
    const rows: ScoreRow[] = [];
    for (const truth of await readTruths(townDir)) {
      const lines: string[] = [];
      const code = await runClip(
        path.join(townDir, `${truth.camera}.mp4`),
        { ...options, scene: path.join(townDir, `${truth.camera}.scene.yaml`), out, json: true },
        (line) => lines.push(line),
      );
      if (code !== 0) return code;
      rows.push(...scoreClip(truth, JSON.parse(lines.join('\n')) as ClipOutcome));
    }
    for (const line of toTableLines(
      ['camera', 'stay', 'zone', 'class', 'from s', 'to s', 'raised s', 'verdict', 'held because'],
      rows.map(toCells),
    ))
      print(line);
    const score = sumUp(rows);
    print(JSON.stringify(score));
    return rows.every(({ verdict }) => verdict === 'found' || verdict === 'held') ? 0 : 1;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

function toCells(row: ScoreRow): string[] {
  const { camera, stay, zone, fromS, toS, raisedAtS, verdict, reason } = row;
  return [
    camera,
    stay,
    zone,
    row.class,
    fromS?.toFixed(1) ?? 'before',
    toS?.toFixed(1) ?? 'still there',
    raisedAtS?.toFixed(1) ?? '-',
    verdict,
    reason || '-',
  ];
}
