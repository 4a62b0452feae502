import { calledOf, heightOf, type Cell, type Frame } from './frames';
import { joinByField } from './transformations/joining';

const cellText = (value: Cell, isTime: boolean): string => {
  const text = value === null ? '' : isTime && typeof value === 'number' ? new Date(value).toISOString() : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** What a panel shows as comma-separated values (RFC 4180): one table, or all series by their time. */
export function csvOf(frames: readonly Frame[]): { text: string; rows: number } {
  const frame = frames.length > 1 ? joinByField(frames, {})[0] : frames[0];
  if (!frame) return { text: '', rows: 0 };
  const rows = heightOf(frame);
  const head = frame.fields.map((field) => cellText(calledOf(field), false)).join(',');
  const lines = Array.from({ length: rows }, (_, row) => frame.fields.map((field) => cellText(field.values[row] ?? null, field.kind === 'time')).join(','));
  return { text: [head, ...lines].join('\r\n') + '\r\n', rows };
}
