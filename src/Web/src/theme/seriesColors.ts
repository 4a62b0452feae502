// Neighbours differ in hue and lightness, and each has at least 3:1 against its panel.
const light = ['#2f66d4', '#d9480f', '#2b8a3e', '#c2255c', '#6741d9', '#0b7285', '#a87900', '#862e9c', '#5c7c0f', '#1864ab', '#b02525', '#087f5b', '#364fc7', '#a34713', '#495057'];
const dark = ['#6ea3ff', '#ff9457', '#6fd58a', '#ff85b3', '#b79bff', '#4dd0e1', '#f2c14e', '#e39bf5', '#b5dd60', '#7cc4ff', '#ff8f8f', '#5fe0b7', '#a3b3ff', '#f0a878', '#b4bcc8'];

/** The colour of the n-th line. */
export const seriesColor = (index: number, isDark: boolean): string => (isDark ? dark : light)[index % light.length]!;
