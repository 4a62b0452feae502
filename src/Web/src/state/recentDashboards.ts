const key = 'pleiad.recent';
const kept = 30;

/** The dashboards looked at last in this browser, by uid, the newest first. */
export function recentDashboards(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) ? stored.filter((one): one is string => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

export const rememberDashboard = (uid: string): void => localStorage.setItem(key, JSON.stringify([uid, ...recentDashboards().filter((one) => one !== uid)].slice(0, kept)));
