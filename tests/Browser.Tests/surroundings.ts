import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Debian's Chromium; the variable CHROMIUM names another. */
export const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** The binary under test; the variable PLEIAD names another. */
export const pleiad = process.env.PLEIAD ?? `${root}src/Node/bin/Release/net10.0/pleiad`;

/** Where the pictures of the pages go. */
export const artefacts = process.env.ARTEFACTS ?? `${root}artifacts/browser`;

/** Why nothing can be tested here, or null. */
export function missing(): string | null {
  if (!existsSync(chromium)) return `there is no ${chromium} (apt-get install chromium)`;
  if (!existsSync(pleiad)) return `there is no ${pleiad} (dotnet build src/Node -c Release)`;
  return null;
}
