import type { Zone } from '../model/zone';

/** The zone that a dashboard names; null where that is the reader's own, or none that there is. */
export function zoneNamed(text: unknown): Zone | null {
  if (typeof text !== 'string' || text === '' || text === 'browser' || text === 'default') return null;
  if (text.toLowerCase() === 'utc') return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
