import { describe, expect, it } from 'vitest';
import { boardTexts } from './board';
import { clusterTexts } from './cluster';
import { editingTexts } from './boardEditing';
import { en } from './en';
import { exploreTexts } from './explore';
import { ko } from './ko';
import { serverTexts } from './server';

const core = Object.fromEntries(Object.keys(en).map((key) => [key, [en[key as keyof typeof en], ko[key as keyof typeof ko]] as const]));
const names = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)[|}]/g)].map((found) => found[1]!))].sort();

describe.each(Object.entries({ core, boardTexts, clusterTexts, editingTexts, exploreTexts, serverTexts }))('%s', (_, texts: Record<string, readonly [string, string]>) => {
  it('says everything in both languages, and fills in the same', () => {
    for (const [key, [english, korean]] of Object.entries(texts)) {
      expect(english.trim(), key).not.toBe('');
      expect(korean.trim(), key).not.toBe('');
      // Words of the plural alone are English: Korean has none.
      expect(names(korean), key).toEqual(names(english).filter((name) => english.includes(`{${name}}`) || korean.includes(`{${name}`)));
    }
  });
});
