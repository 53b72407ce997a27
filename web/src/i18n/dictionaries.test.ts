import { describe, expect, test } from 'vitest';
import { caseActions, caseStates, objectClasses, rejectReasons, roles } from '../../../domain/mod.ts';
import { type DictionaryKey, dictionaries, languages } from './dictionaries.ts';
import { chooseLanguage, createTranslate } from './language.tsx';

const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).toSorted();
const keys = Object.keys(dictionaries['zh-CN']) as DictionaryKey[];

test('all languages have the same keys, none empty, with the same places to fill', () => {
  for (const language of languages) {
    const dictionary = dictionaries[language];
    expect(Object.keys(dictionary).toSorted()).toEqual([...keys].toSorted());
    for (const key of keys) {
      expect(dictionary[key], `${language} ${key}`).not.toBe('');
      expect(places(dictionary[key]), `${language} ${key}`).toEqual(places(dictionaries['zh-CN'][key]));
    }
  }
});

test('every shared term that people see has a word', () => {
  const terms = [
    ...caseStates.map((state) => `caseState.${state}`),
    ...caseActions.map((action) => `action.${action}`),
    ...rejectReasons.map((reason) => `reason.${reason}`),
    ...roles.map((role) => `role.${role}`),
    ...objectClasses.map((name) => `class.${name}`),
  ];
  expect(terms.filter((term) => !Object.hasOwn(dictionaries['zh-CN'], term))).toEqual([]);
});

test('English has no Chinese in it, Chinese no half-width comma after a Chinese sign', () => {
  expect(Object.values(dictionaries.en).filter((text) => /[\u4e00-\u9fff]/.test(text))).toEqual([]);
  expect(Object.values(dictionaries['zh-CN']).filter((text) => /[\u4e00-\u9fff][,:;?!]/.test(text))).toEqual(
    [],
  );
});

describe('chooseLanguage', () => {
  test.each([
    ['en', ['zh-CN'], 'en'],
    [null, ['en-GB', 'zh-CN'], 'en'],
    [null, ['fr', 'zh-TW'], 'zh-CN'],
    [null, ['fr'], 'zh-CN'],
    ['klingon', ['en'], 'en'],
  ])('stored %s, preferred %j: %s', (stored, preferred, expected) => {
    expect(chooseLanguage(stored, preferred)).toBe(expected);
  });
});

test('a place without a value stays visible', () => {
  const t = createTranslate('en');
  expect(t('queue.new', { n: 3 })).toBe('3 new');
  expect(t('queue.new')).toBe('{n} new');
});
