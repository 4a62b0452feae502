// From little to much, each in five stops: dark panels begin near black, light ones near white.
const ramps: Record<string, string[]> = {
  oranges: ['#fff1e0', '#fdc38d', '#fc8d3c', '#d94801', '#7f2704'],
  blues: ['#eaf2fb', '#a6cbe8', '#5c9fd1', '#2166ac', '#08306b'],
  greens: ['#e9f6e5', '#a8dba0', '#5fba6b', '#238b45', '#00441b'],
  reds: ['#fde8e1', '#fca78b', '#f5523c', '#b81419', '#67000d'],
  purples: ['#f1eff8', '#bfbde0', '#8d80bf', '#6240a0', '#3f007d'],
  greys: ['#f3f4f6', '#c3c8d0', '#8d95a3', '#545d6d', '#1d232e'],
  viridis: ['#440154', '#3b528b', '#21918c', '#5ec962', '#fde725'],
  magma: ['#000004', '#51127c', '#b73779', '#fc8961', '#fcfdbf'],
  inferno: ['#000004', '#57106e', '#bc3754', '#f98e09', '#fcffa4'],
  plasma: ['#0d0887', '#7e03a8', '#cc4778', '#f89540', '#f0f921'],
  turbo: ['#30123b', '#28bbec', '#a4fc3c', '#fb7e21', '#7a0403'],
  spectral: ['#5e4fa2', '#66c2a5', '#ffffbf', '#f46d43', '#9e0142'],
  rdylgn: ['#006837', '#86cb67', '#ffffbf', '#f98e52', '#a50026'],
};
const single = ['oranges', 'blues', 'greens', 'reds', 'purples', 'greys'];

type Rgb = [number, number, number];
const rgbOf = (hex: string): Rgb => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as Rgb;

/** 64 colours of a scheme by Grafana's name of it; the far end stands out from the panel. */
export function rampOf(scheme: string, isDark: boolean, reverse = false): string[] {
  const name = scheme.toLowerCase() in ramps ? scheme.toLowerCase() : 'oranges';
  const stops = ramps[name]!.map(rgbOf);
  // One hue: what is much is bright on dark, dark on light.
  if (isDark && single.includes(name)) stops.reverse();
  if (reverse) stops.reverse();
  return Array.from({ length: 64 }, (_, i) => {
    const place = (i / 63) * (stops.length - 1);
    const [a, b] = [stops[Math.floor(place)]!, stops[Math.ceil(place)]!];
    return `rgb(${a.map((from, channel) => Math.round(from + (b[channel]! - from) * (place % 1))).join(',')})`;
  });
}
