import type { Language } from '../i18n/dictionaries.ts';

interface UnitWords {
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

const words: Readonly<Record<Language, UnitWords>> = {
  'zh-CN': { day: '天', hour: '小时', minute: '分', second: '秒' },
  en: { day: 'd', hour: 'h', minute: 'min', second: 's' },
};

/** The two largest units of a length of time: `5 分 12 秒`, `1 h 3 min`, `2 d 4 h`. Sub-second parts are rounded. */
export function formatDuration(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const unit = words[language];
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), unit.day],
    [Math.floor((seconds % 86_400) / 3600), unit.hour],
    [Math.floor((seconds % 3600) / 60), unit.minute],
    [seconds % 60, unit.second],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return `0 ${unit.second}`;
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, word]) => `${amount} ${word}`)
    .join(' ');
}

/** As `formatDuration`, but from a minute on only the largest unit: for ages in a list. */
export function formatAge(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const unit = words[language];
  if (seconds < 60) return `${seconds} ${unit.second}`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} ${unit.minute}`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} ${unit.hour}`;
  return `${Math.floor(seconds / 86_400)} ${unit.day}`;
}
