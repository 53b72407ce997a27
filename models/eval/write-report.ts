import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import { describeMissed, describeWrong, pickWorst, type ShownMistake } from './describe-mistake.ts';
import { drawMistake } from './draw-mistake.ts';
import type { Evaluation } from './evaluate.ts';
import { findMistakes } from './find-mistakes.ts';
import { type PicturedMistake, type PicturedMistakes, toReportHtml } from './report-html.ts';

const worstCount = 24;
const drawnAtOnce = 4;
const ownPicture = /^(wrong|missed|confusion)-\d{2}\.jpg$/;

/**
 * Writes `index.html` and `pictures/` into a folder, over an earlier report, and returns the page's path.
 * @throws XunjieError `data_folder_unwritable`, `bad_dataset` (a picture that has gone meanwhile).
 */
export async function writeReport(evaluation: Evaluation, folder: string): Promise<string> {
  const page = path.resolve(folder, 'index.html');
  const pictures = path.resolve(folder, 'pictures');
  await writeTo(folder, async () => {
    await mkdir(pictures, { recursive: true });
    for (const name of await readdir(pictures))
      if (ownPicture.test(name)) await rm(path.join(pictures, name));
  });
  const mistakes = findMistakes(evaluation);
  const { wrong, missed, confusions } = mistakes;
  const draw = (name: string, shown: readonly ShownMistake[]): Promise<PicturedMistake[]> =>
    drawAll(evaluation, { folder, name, shown });
  const pictured: PicturedMistakes = {
    wrong: await draw(
      'wrong',
      pickWorst(wrong, (one) => one.found.picture, worstCount).map((one) => describeWrong(one, evaluation)),
    ),
    missed: await draw(
      'missed',
      pickWorst(missed, (one) => one.truth.picture, worstCount).map((one) => describeMissed(one, evaluation)),
    ),
    confusions: await draw(
      'confusion',
      pickWorst(confusions, (one) => one.found.picture, worstCount).map((one) =>
        describeWrong(one, evaluation),
      ),
    ),
  };
  const html = toReportHtml({ evaluation, mistakes, pictured, writtenAt: new Date() });
  await writeTo(folder, () => writeFile(page, html));
  return page;
}

async function drawAll(
  { dataset }: Evaluation,
  { folder, name, shown }: { folder: string; name: string; shown: readonly ShownMistake[] },
): Promise<PicturedMistake[]> {
  const pictured: PicturedMistake[] = [];
  for (let i = 0; i < shown.length; i += drawnAtOnce)
    pictured.push(
      ...(await Promise.all(
        shown.slice(i, i + drawnAtOnce).map(async (mistake, k) => {
          const href = `pictures/${name}-${String(i + k + 1).padStart(2, '0')}.jpg`;
          const picture = dataset.pictures[mistake.picture];
          if (picture === undefined) throw new Error(`no picture ${mistake.picture}`);
          const bytes = await drawMistake(picture, mistake.boxes);
          await writeTo(folder, () => writeFile(path.resolve(folder, href), bytes));
          return { ...mistake, href };
        }),
      )),
    );
  return pictured;
}

async function writeTo(folder: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw new XunjieError('data_folder_unwritable', `${folder} cannot be written: ${toMessage(error)}`, {
      cause: error,
    });
  }
}
