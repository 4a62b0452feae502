// Draws series over time on a canvas. Colours come from the page; the caller decides what a series is called.

export const seriesMax = 40;

const hues = [215, 25, 145, 350, 275, 45, 185, 320, 90, 240];

export function colourOf(index, dark) {
  return `hsl(${hues[index % hues.length]} 65% ${dark ? 66 : 42}%)`;
}

// Round numbers: 1, 2 or 5 times a power of ten, about as many as fit.
export function ticks(low, high, about) {
  const span = high - low;
  const raw = span / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? power;
  const found = [];
  for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9; i++) {
    found.push(i * step);
  }
  return found;
}

export function shortNumber(value) {
  const size = Math.abs(value);
  const units = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];
  for (const [from, letter] of units) {
    if (size >= from) {
      return Number((value / from).toPrecision(4)) + letter;
    }
  }
  return size !== 0 && size < 1e-4 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

function timeText(seconds, span) {
  const at = new Date(seconds * 1000);
  const two = (n) => String(n).padStart(2, "0");
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return span > 2 * 86400 ? `${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`
    : span <= 600 ? `${clock}:${two(at.getSeconds())}` : clock;
}

// Times on the clock that divide well, the first that leaves room between them.
function timeTicks(start, end, about) {
  const steps = [1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800];
  const step = steps.find((s) => (end - start) / s <= about) ?? 604800;
  const zone = new Date(start * 1000).getTimezoneOffset() * 60;
  const found = [];
  for (let t = Math.ceil((start - zone) / step) * step + zone; t <= end; t += step) {
    found.push(t);
  }
  return found;
}

function extent(series) {
  let low = Infinity;
  let high = -Infinity;
  for (const one of series) {
    for (const [, value] of one.points) {
      if (Number.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  }
  if (low > high) {
    return [0, 1];
  }
  if (low === high) {
    const room = Math.abs(low) / 2 || 1;
    return [low - room, high + room];
  }
  const room = (high - low) * 0.06;
  return [low >= 0 && low - room < 0 ? 0 : low - room, high + room];
}

// series: [{ points: [[seconds, number], ...] }], ascending in time.
export function draw(canvas, series, start, end, step) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const style = getComputedStyle(canvas);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.font = `12px ${style.fontFamily}`;
  pen.lineWidth = 1;

  const [low, high] = extent(series);
  const values = ticks(low, high, height / 55);
  const left = Math.max(30, ...values.map((v) => pen.measureText(shortNumber(v)).width)) + 14;
  const right = width - 12;
  const top = 10;
  const bottom = height - 26;
  const x = (t) => left + ((t - start) / (end - start || 1)) * (right - left);
  const y = (v) => bottom - ((v - low) / (high - low)) * (bottom - top);

  pen.fillStyle = dark ? "#9aa6b5" : "#5a6675";
  pen.strokeStyle = dark ? "#2a303a" : "#e6e9ee";
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const value of values) {
    line(pen, left, y(value), right, y(value));
    pen.fillText(shortNumber(value), left - 8, y(value));
  }
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const time of timeTicks(start, end, (right - left) / 110)) {
    line(pen, x(time), top, x(time), bottom);
    pen.fillText(timeText(time, end - start), x(time), bottom + 8);
  }

  pen.lineWidth = 1.5;
  pen.lineJoin = "round";
  series.forEach((one, index) => {
    pen.strokeStyle = colourOf(index, dark);
    pen.fillStyle = pen.strokeStyle;
    pen.beginPath();
    let last = null;
    let alone = false;
    for (const [time, value] of one.points) {
      if (!Number.isFinite(value)) {
        dotIfAlone();
        last = null;
        continue;
      }
      if (last !== null && time - last.time <= step * 1.5) {
        pen.lineTo(x(time), y(value));
        alone = false;
      } else {
        dotIfAlone();
        pen.moveTo(x(time), y(value));
        alone = true;
      }
      last = { time, value };
    }
    dotIfAlone();
    pen.stroke();

    // A point without neighbours has no line that would show it.
    function dotIfAlone() {
      if (last !== null && alone) {
        pen.fillRect(x(last.time) - 1.5, y(last.value) - 1.5, 3, 3);
      }
    }
  });
}

function line(pen, x1, y1, x2, y2) {
  pen.beginPath();
  pen.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
  pen.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5);
  pen.stroke();
}
