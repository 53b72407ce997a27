import { XunjieError } from '../../../domain/mod.ts';
import { commonPasswords } from './common-passwords.ts';

const minPasswordChars = 10;
const maxPasswordChars = 200;
/** From here on a sentence is strong by its length alone. */
const longChars = 16;

/** Refuses a password that is easily guessed (`weak_password`, with the reason). */
export function requireGoodPassword(password: string, username: string): void {
  const problem = findProblem(password, username);
  if (problem !== null) throw new XunjieError('weak_password', `this password ${problem}`);
}

function findProblem(password: string, username: string): string | null {
  const letters = Array.from(password);
  const plain = password.toLowerCase();
  if (letters.length < minPasswordChars) return `is shorter than ${minPasswordChars} characters`;
  if (letters.length > maxPasswordChars) return `is longer than ${maxPasswordChars} characters`;
  if (plain.includes(username.toLowerCase()) || username.toLowerCase().includes(plain))
    return 'holds the user name';
  if (commonPasswords.has(plain) || commonPasswords.has(plain.replace(/[\d!.@#$*_-]+$/, '')))
    return 'is one of those that are tried first';
  if (new Set(letters).size < 5) return 'has too few different characters';
  if (isRow(letters)) return 'is a row of neighbouring characters';
  if (letters.length < longChars && countKinds(password) < 2)
    return `has one kind of character alone: mix letters, digits and signs, or use ${longChars} characters`;
  return null;
}

/** `1234567890`, `abcdefghij`, `9876543210`. */
function isRow(letters: readonly string[]): boolean {
  const steps = letters
    .slice(1)
    .map((letter, index) => (letter.codePointAt(0) ?? 0) - (letters[index]?.codePointAt(0) ?? 0));
  const even = steps.filter((step) => step === steps[0] && Math.abs(step) === 1).length;
  return even >= steps.length - 1;
}

function countKinds(password: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
}
