/** What people write of themselves and others, though nobody asked: addresses, telephone and identity numbers, plates. */
const patterns: readonly RegExp[] = [
  /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g,
  // Identity cards have 17 digits and one of check, 15 in their old form.
  /(?<!\d)\d{17}[\dXx](?!\d)/g,
  /(?<!\d)\d{15}(?!\d)/g,
  // Mobile telephones, written with or without country code and gaps; then lines with an area code.
  /(?<!\d)(?:\+?86[-\s]?)?1[3-9]\d(?:[-\s]?\d{4}){2}(?!\d)/g,
  /(?<!\d)0\d{2,3}[-\s]?\d{7,8}(?!\d)/g,
  // Plates: province, letter, five or six signs.
  /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][·\s]?[A-Za-z0-9]{5,6}/g,
];

/** The text with these left out. */
export function hidePersonalData(text: string): string {
  return patterns.reduce((hidden, pattern) => hidden.replace(pattern, '***'), text);
}
