/** Splits constant command-line options at their spaces; never used on anything that comes from outside. */
export function words(options: string): string[] {
  return options.split(' ');
}
