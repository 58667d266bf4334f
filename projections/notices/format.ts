/** How amounts and instants are written to people. */

/** 80,000 paise → ₹800. */
export function rupees(paise: number): string {
  const digits = paise % 100 === 0 ? 0 : 2;
  return new Intl.NumberFormat('en-IN', {
    style: 'currency',
    currency: 'INR',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(paise / 100);
}

/** Monday 23 November 2026, 5:00 pm (Asia/Kolkata). */
export function moment(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-IN', {
    timeZone: zone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  const time = `${part('hour')}:${part('minute')} ${part('dayPeriod').toLowerCase()}`.trim();
  return `${part('weekday')} ${part('day')} ${part('month')} ${part('year')}, ${time} (${zone})`;
}

/** 23 November. */
export function day(at: number, zone: string): string {
  return new Intl.DateTimeFormat('en-IN', { timeZone: zone, day: 'numeric', month: 'long' }).format(at);
}

/** What a person wrote, as one line that a mail can quote. */
export function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return `“${line.length > 300 ? `${line.slice(0, 299)}…` : line}”`;
}
