import { XunjieError } from '../../domain/mod.ts';

/** A plate without what people write between its characters, in capitals. Throws `bad_request` for what is none. */
export function parsePlate(text: string): string {
  const plate = text
    .normalize('NFKC')
    .replaceAll(/[\s·•.-]/g, '')
    .toUpperCase();
  if (!/^[A-Z0-9\p{Script=Han}]{5,10}$/u.test(plate) || !/[A-Z0-9]{4}/.test(plate))
    // Without the text: it may be a plate that is not quite one.
    throw new XunjieError(
      'bad_request',
      'body.plate: is no number plate (5 to 10 letters, digits and characters)',
    );
  return plate;
}

/** Enough to tell two plates apart on the spot, too little to find the owner by: `浙C****5`. */
export function maskPlate(plate: string): string {
  const characters = Array.from(plate);
  return characters.map((one, at) => (at < 2 || at === characters.length - 1 ? one : '*')).join('');
}
