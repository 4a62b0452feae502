import { useCallback } from 'react';
import { usePreferences } from '../state/preferences';
import { en } from './en';
import { fill, type Values } from './fill';

export type MessageKey = keyof typeof en;
/** Says a message in the language of the reader. */
export type Say = (key: MessageKey, values?: Values) => string;

export type Language = 'en' | 'ko';

const languages: Partial<Record<Language, Record<MessageKey, string>>> & { en: Record<MessageKey, string> } = { en };

/** Fetches the texts of a language; until they are there English stands in. */
export async function loadLanguage(language: Language): Promise<void> {
  if (language === 'ko') languages.ko = (await import('./ko')).ko;
}

export function useText(): { t: Say; language: 'en' | 'ko' } {
  const { language } = usePreferences();
  const t = useCallback<Say>((key, values) => fill((languages[language] ?? en)[key], values), [language]);
  return { t, language };
}
