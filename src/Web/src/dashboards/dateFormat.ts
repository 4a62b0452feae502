import { wallAt, type Zone } from '../model/zone';

const two = (n: number): string => String(n).padStart(2, '0');
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const token = /\[([^\]]*)\]|YYYY|YY|MMMM|MMM|MM|M|DD|D|dddd|ddd|HH|H|hh|h|mm|m|ss|s|SSS|A|a|X|x/g;

/** A time in a pattern of Moment's, as dashboards have them: `YYYY-MM-DD HH:mm:ss`; what stands in brackets stays as it is. */
export function dated(ms: number, pattern: string, zone: Zone): string {
  if (!(Math.abs(ms) <= 8.64e15)) return '–';
  const { year, month, day, hour, minute, second } = wallAt(ms, zone);
  return pattern.replace(token, (found, literal?: string) => {
    if (literal !== undefined) return literal;
    switch (found) {
      case 'YYYY': return String(year);
      case 'YY': return two(year % 100);
      case 'MMMM': return months[month - 1]!;
      case 'MMM': return months[month - 1]!.slice(0, 3);
      case 'MM': return two(month);
      case 'M': return String(month);
      case 'DD': return two(day);
      case 'D': return String(day);
      case 'dddd': case 'ddd': {
        const name = days[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]!;
        return found === 'ddd' ? name.slice(0, 3) : name;
      }
      case 'HH': return two(hour);
      case 'H': return String(hour);
      case 'hh': return two(hour % 12 || 12);
      case 'h': return String(hour % 12 || 12);
      case 'mm': return two(minute);
      case 'm': return String(minute);
      case 'ss': return two(second);
      case 's': return String(second);
      case 'SSS': return String(((Math.floor(ms) % 1000) + 1000) % 1000).padStart(3, '0');
      case 'A': return hour < 12 ? 'AM' : 'PM';
      case 'a': return hour < 12 ? 'am' : 'pm';
      case 'X': return String(Math.floor(ms / 1000));
      default: return String(Math.floor(ms));
    }
  });
}
