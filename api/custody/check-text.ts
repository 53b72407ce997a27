import { XunjieError } from '../../domain/mod.ts';

const maxTextLength = 1000;

/** Refuses words that say nothing, and such as the database would store otherwise than they were hashed: they would break the chain for ever. */
export function checkText(name: string, text: string): void {
  const problem = findTextProblem(text);
  if (problem !== null) throw new XunjieError('bad_request', `${name} ${problem}`);
}

function findTextProblem(text: string): string | null {
  if (text.trim() === '') return 'is empty';
  if (text.length > maxTextLength) return `is longer than ${maxTextLength} characters`;
  const isStorable = !text.includes('\0') && Buffer.from(text).toString() === text;
  return isStorable ? null : 'holds characters that are none';
}
