import { enAccount } from './en-account.ts';
import { enPages } from './en-pages.ts';
import { enTerms } from './en-terms.ts';
import { zhAccount } from './zh-account.ts';
import { zhPages } from './zh-pages.ts';
import { zhTerms } from './zh-terms.ts';

export const languages = ['zh-CN', 'en'] as const;
export type Language = (typeof languages)[number];

const zh = { ...zhTerms, ...zhPages, ...zhAccount };

export type DictionaryKey = keyof typeof zh;

export const dictionaries: Readonly<Record<Language, Readonly<Record<DictionaryKey, string>>>> = {
  'zh-CN': zh,
  en: { ...enTerms, ...enPages, ...enAccount },
};
