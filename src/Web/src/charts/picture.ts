const paddingPx = 12;
const titlePx = 26;
const linePx = 18;

/** What stands below a picture: the lines of a chart. */
export interface PictureEntry { name: string; color: string }

/** Where the entries of a legend stand: as many in a line as fit. */
export function legendPlaces(widths: readonly number[], widthPx: number): { x: number; line: number }[] {
  let [x, line] = [0, 0];
  return widths.map((width) => {
    if (x > 0 && x + width > widthPx) [x, line] = [0, line + 1];
    const place = { x, line };
    x += width;
    return place;
  });
}

/** A chart with its title and its legend as a PNG, as sharp as it is on the screen. */
export function pictureOf(chart: HTMLCanvasElement, title: string, legend: readonly PictureEntry[], paper: string, ink: string): Promise<Blob> {
  const scale = chart.clientWidth > 0 ? chart.width / chart.clientWidth : 1;
  const [width, height] = [chart.width / scale, chart.height / scale];
  const made = document.createElement('canvas');
  const draw = made.getContext('2d')!;
  const small = '12px system-ui, sans-serif';
  draw.font = small;
  const places = legendPlaces(legend.map(({ name }) => draw.measureText(name).width + 30), width);
  const lines = (places.at(-1)?.line ?? -1) + 1;
  made.width = Math.round((width + 2 * paddingPx) * scale);
  made.height = Math.round((titlePx + height + lines * linePx + 2 * paddingPx) * scale);
  draw.scale(scale, scale);
  draw.fillStyle = paper;
  draw.fillRect(0, 0, made.width, made.height);
  draw.fillStyle = ink;
  draw.textBaseline = 'middle';
  draw.font = '600 14px system-ui, sans-serif';
  draw.fillText(title, paddingPx, paddingPx + titlePx / 2 - 4);
  draw.drawImage(chart, paddingPx, paddingPx + titlePx, width, height);
  draw.font = small;
  legend.forEach(({ name, color }, i) => {
    const [x, y] = [paddingPx + places[i]!.x, paddingPx + titlePx + height + places[i]!.line * linePx + linePx / 2];
    draw.fillStyle = color;
    draw.fillRect(x, y - 2, 12, 4);
    draw.fillStyle = ink;
    draw.fillText(name, x + 17, y);
  });
  return new Promise((resolve, reject) => made.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture is too large'))), 'image/png'));
}
