const inkDark = '#101318';
const inkLight = '#ffffff';

/** The ink that is read best on a colour, by WCAG's contrast. */
export function inkOn(color: string): string {
  if (color.startsWith('var(--ink')) return 'var(--panel)';
  const parts = channels(color);
  if (!parts) return inkDark;
  const [r, g, b, alpha] = parts;
  // Of what one looks through, it is what lies behind that counts.
  if (alpha < 0.5) return 'var(--ink)';
  const linear = (value: number): number => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  return (light + 0.05) / 0.056 >= 1.05 / (light + 0.05) ? inkDark : inkLight;
}

/** Red, green, blue and opacity, each from 0 to 1. */
export function channels(color: string): [number, number, number, number] | null {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(color)?.[1];
  if (hex) {
    const full = hex.length < 6 ? [...hex].map((one) => one + one).join('') : hex;
    const [r = 0, g = 0, b = 0, a = 1] = [0, 2, 4, 6].filter((at) => at < full.length).map((at) => parseInt(full.slice(at, at + 2), 16) / 255);
    return [r, g, b, a];
  }
  const said = /^rgba?\(([^)]*)\)$/i.exec(color)?.[1]?.split(/[\s,]+/).filter((one) => one !== '');
  if (!said || said.length < 3) return null;
  const share = (text: string, whole: number): number => Math.max(0, Math.min(1, text.endsWith('%') ? parseFloat(text) / 100 : parseFloat(text) / whole));
  return [share(said[0]!, 255), share(said[1]!, 255), share(said[2]!, 255), said[3] === undefined ? 1 : share(said[3], 1)];
}
