import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { toMessage, XunjieError } from '../../domain/mod.ts';

/**
 * Makes a folder with its parents. Unlike a recursive mkdir it returns for places where no folder can be, such as /proc/x, for which
 * Node's never does. Throws `data_folder_unwritable` and names the folder.
 */
export function makeFolder(dir: string): void {
  const whole = path.resolve(dir);
  try {
    makeStep(whole);
  } catch (error) {
    throw new XunjieError('data_folder_unwritable', `cannot make the folder ${whole}: ${toMessage(error)}`, {
      cause: error,
    });
  }
}

function makeStep(dir: string): void {
  if (existsSync(dir)) return;
  const parent = path.dirname(dir);
  if (parent !== dir) makeStep(parent);
  try {
    mkdirSync(dir);
  } catch (error) {
    if (!existsSync(dir)) throw error;
  }
}
