import { enAccount } from './en-account.ts';
import { enDoors } from './en-doors.ts';
import { enOverview } from './en-overview.ts';
import { enPages } from './en-pages.ts';
import { enPenalty } from './en-penalty.ts';
import { enRegistries } from './en-registries.ts';
import { enTerms } from './en-terms.ts';
import { zhAccount } from './zh-account.ts';
import { zhDoors } from './zh-doors.ts';
import { zhOverview } from './zh-overview.ts';
import { zhPages } from './zh-pages.ts';
import { zhPenalty } from './zh-penalty.ts';
import { zhRegistries } from './zh-registries.ts';
import { zhTerms } from './zh-terms.ts';

export const languages = ['zh-CN', 'en'] as const;
export type Language = (typeof languages)[number];

const zh = { ...zhTerms, ...zhPages, ...zhAccount, ...zhDoors, ...zhOverview, ...zhPenalty, ...zhRegistries };

export type DictionaryKey = keyof typeof zh;

export const dictionaries: Readonly<Record<Language, Readonly<Record<DictionaryKey, string>>>> = {
  'zh-CN': zh,
  en: { ...enTerms, ...enPages, ...enAccount, ...enDoors, ...enOverview, ...enPenalty, ...enRegistries },
};
