import { channels } from '../theme/ink';
import type { Shade } from './plotOptions';

/** Colours along values: in steps, each from its value on, or passing into each other. */
export interface ColorScale { isStepped: boolean; stops: { from: number; color: string }[] }

/** Degrees that the hue turns from the foot of a chart to its top. */
const turn = 60;

/** A colour as `#rrggbb`, without what one looks through; null where it is none. */
export function hexOf(color: string): string | null {
  const parts = channels(color);
  return parts && '#' + parts.slice(0, 3).map((part) => Math.round(part * 255).toString(16).padStart(2, '0')).join('');
}

/** A colour of which less is seen; what is no plain colour stays as it is. */
export function faded(color: string, opacity: number): string {
  const parts = channels(color);
  return parts ? `rgba(${parts.slice(0, 3).map((part) => Math.round(part * 255)).join(',')},${+(parts[3] * opacity).toFixed(3)})` : color;
}

/** The colour that stands so many degrees further on the wheel, as light and as strong. */
export function turned(color: string, degrees: number): string {
  const parts = channels(color);
  if (!parts) return color;
  const [r, g, b] = parts;
  const [least, most] = [Math.min(r, g, b), Math.max(r, g, b)];
  const spread = most - least;
  if (spread === 0) return color;
  const sixth = most === r ? (g - b) / spread : most === g ? 2 + (b - r) / spread : 4 + (r - g) / spread;
  const light = (least + most) / 2;
  const strength = spread / (1 - Math.abs(2 * light - 1));
  const hue = (((sixth * 60 + degrees) % 360) + 360) % 360;
  const at = (n: number): number => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (light - strength * Math.min(light, 1 - light) * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return `rgb(${at(0)},${at(8)},${at(4)})`;
}

/** Full at the far end and nothing at the end where zero is: the foot, or the top of what is drawn downwards. */
export const opacityShade = (color: string, opacity: number, isDown: boolean): Shade => ({ by: 'height', stops: [[0, faded(color, isDown ? opacity : 0)], [1, faded(color, isDown ? 0 : opacity)]] });

/** From a neighbour of the colour at the foot to the one on the other side at the top. */
export const hueShade = (color: string, opacity: number): Shade => ({ by: 'height', stops: [[0, faded(turned(color, -turn / 2), opacity)], [1, faded(turned(color, turn / 2), opacity)]] });

/** The colours that values have; null where there is one alone. */
export function valueShade({ isStepped, stops }: ColorScale, opacity: number): Shade | null {
  if (stops.length < 2) return null;
  const colored = stops.map(({ from, color }): [number, string] => [from, faded(color, opacity)]);
  // A step is two colours at one place; the lowest reaches down for ever.
  return { by: 'value', stops: isStepped ? colored.slice(1).flatMap(([from, color], i) => [[from, colored[i]![1]], [from, color]] as [number, string][]) : colored };
}
