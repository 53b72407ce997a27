import { randomInt } from 'node:crypto';

/** Letters and digits that nobody mistakes for each other when reading them out. */
const letters = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789';
/** How long a password that somebody else has set is good for. */
export const oneTimeMs = 72 * 3_600_000;

/** `Kd7w-9mQx-aT3r-Pz4h`: 90 random bits. */
export function makeOneTimePassword(): string {
  const groups = Array.from({ length: 4 }, () =>
    Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join(''),
  );
  return groups.join('-');
}
