/** An event's data as words: instants, money and lengths by the name of their field. Pure. */
import { formatMoney } from '../ui/money.ts';
import { formatClock, formatDuration, formatDate, zoneShort } from '../ui/time.ts';

export interface ReadableField {
  readonly key: string;
  readonly value: string;
  /** Ids and other things that are copied rather than read. */
  readonly code: boolean;
}

const INSTANTS = new Set([
  'at',
  'startsAt',
  'endsAt',
  'payBy',
  't0',
  'minute',
  'from',
  'to',
  'capturedAt',
  'confirmedAt',
  'requestedAt',
  'cancelledAt',
  'openedAt',
  'answerBy',
  'decideBy',
  'respondBy',
  'usableFrom',
  'coolsUntil',
  'until',
]);
const MONEY = new Set([
  'amount',
  'price',
  'gross',
  'commission',
  'share',
  'fee',
  'tax',
  'refund',
  'reversal',
  'wants',
  'tutorGets',
  'lost',
]);

/** `lessonId` → `lesson id`. */
function keyWords(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
}

/** `Wed 18 Nov 2026, 6:00:00 pm IST`: with year and seconds, because it is evidence. */
export function exactInstant(at: number, zone: string): string {
  return `${formatDate(at, zone, 0)}, ${formatClock(at, zone, true)} ${zoneShort(at, zone)}`;
}

function valueWords(key: string, value: unknown, zone: string): string {
  if (value === null) return 'none';
  if (typeof value === 'number') {
    if (INSTANTS.has(key)) return exactInstant(value, zone);
    if (MONEY.has(key)) return formatMoney(value, { paise: 'always' });
    if (key.endsWith('Ms')) return value < 60_000 ? `${Math.round(value / 1000)} s` : formatDuration(value);
    return String(value);
  }
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join('; ');
  return JSON.stringify(value);
}

/** The fields of `data` in their stored order; names of people stand beside their ids. */
export function readableFields(
  data: Readonly<Record<string, unknown>>,
  zone: string,
  nameOf: (personId: string) => string | null,
): readonly ReadableField[] {
  return Object.entries(data).map(([key, value]) => {
    const name = typeof value === 'string' ? nameOf(value) : null;
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value);
    return {
      key: keyWords(key),
      value: name === null ? valueWords(key, value, zone) : `${name} (${String(value)})`,
      code: nested || (name === null && typeof value === 'string' && /Id$/.test(key)),
    };
  });
}
