import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { XunjieError } from '../../domain/mod.ts';
import { readMotRows } from './read-mot-file.ts';

/** What a file of detections holds, found in one reading. */
export interface MotSurvey {
  readonly rows: number;
  readonly isSorted: boolean;
  /** Right and bottom end of all boxes, pixels. */
  readonly right: number;
  readonly bottom: number;
  /** Every n-th confidence, so that there are never too many. */
  readonly confidences: readonly number[];
}

const maxConfidences = 50_000;

export async function surveyMotFile(file: string): Promise<MotSurvey> {
  let confidences: number[] = [];
  let every = 1;
  let rows = 0;
  let isSorted = true;
  let last = 0;
  let [right, bottom] = [1, 1];
  for await (const row of readMotRows(file)) {
    if (rows % every === 0) confidences.push(row.confidence);
    if (confidences.length >= maxConfidences) {
      confidences = confidences.filter((_, index) => index % 2 === 0);
      every *= 2;
    }
    isSorted &&= row.frame >= last;
    last = row.frame;
    right = Math.max(right, row.box[2]);
    bottom = Math.max(bottom, row.box[3]);
    rows++;
  }
  return { rows, isSorted, right, bottom, confidences };
}

/** What MOTChallenge's seqinfo.ini says, beside the file or (as in MOT17/x/det/det.txt) a folder above. */
export interface SequenceInfo {
  readonly framesPerSecond: number | null;
  readonly width: number | null;
  readonly height: number | null;
}

export async function readSequenceInfo(file: string): Promise<SequenceInfo> {
  const folder = path.dirname(path.resolve(file));
  const places = [path.join(folder, 'seqinfo.ini'), path.join(folder, '..', 'seqinfo.ini')];
  for (const place of places) {
    const text = await readFile(place, 'utf8').catch(() => null);
    if (text === null) continue;
    const read = (name: string): number | null => {
      const value = new RegExp(`^\\s*${name}\\s*=\\s*(\\S+)`, 'im').exec(text)?.[1];
      if (value === undefined) return null;
      const number = Number(value);
      if (!(number > 0))
        throw new XunjieError('bad_dataset', `${place}: ${name} is "${value}", not a number above 0`);
      return number;
    };
    return { framesPerSecond: read('frameRate'), width: read('imWidth'), height: read('imHeight') };
  }
  return { framesPerSecond: null, width: null, height: null };
}
