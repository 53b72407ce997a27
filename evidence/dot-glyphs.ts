// Five by seven dots per character, a row per two hexadecimal digits, the left dot in bit 4. A machine without any font
// still has to print legible evidence; capitals are enough for that.
const rows: Readonly<Record<string, string>> = {
  ' ': '00000000000000',
  '!': '04040404040004',
  '"': '0A0A0A00000000',
  '#': '0A0A1F0A1F0A0A',
  $: '040F140E051E04',
  '%': '18190204081303',
  '&': '0C12140815120D',
  "'": '04040800000000',
  '(': '02040808080402',
  ')': '08040202020408',
  '*': '0004150E150400',
  '+': '0004041F040400',
  ',': '00000000040408',
  '-': '0000001F000000',
  '.': '000000000C0C00',
  '/': '01010204081010',
  '0': '0E11131519110E',
  '1': '040C040404040E',
  '2': '0E11010204081F',
  '3': '1F02040201110E',
  '4': '02060A121F0202',
  '5': '1F101E0101110E',
  '6': '0608101E11110E',
  '7': '1F010204080808',
  '8': '0E11110E11110E',
  '9': '0E11110F01020C',
  ':': '000C0C000C0C00',
  ';': '000C0C000C0408',
  '<': '02040810080402',
  '=': '00001F001F0000',
  '>': '08040201020408',
  '?': '0E110102040004',
  '@': '0E11010D15150E',
  A: '0E11111F111111',
  B: '1E11111E11111E',
  C: '0E11101010110E',
  D: '1C12111111121C',
  E: '1F10101E10101F',
  F: '1F10101E101010',
  G: '0E11101711110F',
  H: '1111111F111111',
  I: '0E04040404040E',
  J: '0702020202120C',
  K: '11121418141211',
  L: '1010101010101F',
  M: '111B1515111111',
  N: '11111915131111',
  O: '0E11111111110E',
  P: '1E11111E101010',
  Q: '0E11111115120D',
  R: '1E11111E141211',
  S: '0F10100E01011E',
  T: '1F040404040404',
  U: '1111111111110E',
  V: '11111111110A04',
  W: '11111115151B11',
  X: '11110A040A1111',
  Y: '1111110A040404',
  Z: '1F01020408101F',
  '[': '0E08080808080E',
  '\\': '10100804020101',
  ']': '0E02020202020E',
  '^': '040A1100000000',
  _: '0000000000001F',
  '`': '08040200000000',
  '{': '02040408040402',
  '|': '04040404040404',
  '}': '08040402040408',
  '~': '00000815020000',
};

/** Width of a character and the space after it, in dots; a character is seven dots high. */
export const dotAdvance = 6;
export const dotHeight = 7;

/** SVG path data of a text in unit dots with the top left corner at 0,0. Small letters become capitals, unknown characters `?`. */
export function toDotPath(text: string): string {
  return Array.from(text.toUpperCase(), (character, index) =>
    toGlyphPath(rows[character] ?? rows['?'] ?? '', index * dotAdvance),
  ).join('');
}

function toGlyphPath(glyph: string, left: number): string {
  let path = '';
  for (let y = 0; y < dotHeight; y++) {
    const bits = Number.parseInt(glyph.slice(y * 2, y * 2 + 2), 16);
    for (let x = 0; x < 5; x++) if (bits & (16 >> x)) path += `M${left + x} ${y}h1v1h-1z`;
  }
  return path;
}
