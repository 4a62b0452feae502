import { useCallback } from 'react';
import { usePreferences } from '../state/preferences';
import { fill, type Values } from './fill';

/** Texts of pages that are fetched later, each in English and in Korean, so that neither can be forgotten. */
export type Pairs<Key extends string> = Readonly<Record<Key, readonly [english: string, korean: string]>>;

/** Says a text of such a page in the language of the reader. */
export function usePairs<Key extends string>(pairs: Pairs<Key>): (key: Key, values?: Values) => string {
  const { language } = usePreferences();
  return useCallback((key: Key, values?: Values) => fill(pairs[key][language === 'ko' ? 1 : 0], values), [pairs, language]);
}
