/** Reads request bodies and queries the way the provider does, with its sentences. */
import type { Filter } from './collection.server.ts';
import type { Notes } from './entities.ts';
import { invalid } from './errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const absent = (value: unknown): boolean => value === undefined || value === null || value === '';

export function onlyFields(fields: Fields, ...allowed: string[]): void {
  const extra = Object.keys(fields).filter((name) => !allowed.includes(name));
  if (extra.length > 0) throw invalid(`${extra.join(', ')} is/are not required and should not be sent`);
}

/** Paise. A string of digits counts as an integer, as in urlencoded bodies. */
export function amountOrUndefined(fields: Fields, name = 'amount'): number | undefined {
  const value = fields[name];
  if (absent(value)) return undefined;
  const amount = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount))
    throw invalid(`The ${name} must be an integer.`, name);
  if (amount < 100) throw invalid(`The ${name} must be at least INR 1.00`, name);
  return amount;
}

export function requiredAmount(fields: Fields, name = 'amount'): number {
  const amount = amountOrUndefined(fields, name);
  if (amount === undefined) throw invalid(`The ${name} field is required.`, name);
  return amount;
}

export function requiredText(fields: Fields, name: string, longest = 255): string {
  const value = textOrNull(fields, name, longest);
  if (value === null) throw invalid(`The ${name} field is required.`, name);
  return value;
}

export function textOrNull(fields: Fields, name: string, longest = 255): string | null {
  const value = fields[name];
  if (absent(value)) return null;
  if (typeof value !== 'string') throw invalid(`The ${name} must be a string.`, name);
  if (value.length > longest) throw invalid(`The ${name} may not be greater than ${longest} characters.`, name);
  return value;
}

/** The sandbox knows rupees only. */
export function requiredCurrency(fields: Fields): 'INR' {
  const currency = requiredText(fields, 'currency');
  if (currency !== 'INR') throw invalid('Currency is not supported', 'currency');
  return currency;
}

/** Booleans arrive as such, as 0 and 1, or as the strings of an urlencoded body. */
export function flag(fields: Fields, name: string): boolean | undefined {
  const value = fields[name];
  if (absent(value)) return undefined;
  if (value === true || value === 1 || value === '1' || value === 'true') return true;
  if (value === false || value === 0 || value === '0' || value === 'false') return false;
  throw invalid(`The ${name} field must be true or false.`, name);
}

export function secondsOrNull(fields: Fields, name: string): number | null {
  const value = fields[name];
  if (absent(value)) return null;
  const seconds = Number(value);
  if (!Number.isSafeInteger(seconds)) throw invalid(`The ${name} must be an integer.`, name);
  if (seconds < 946_684_800 || seconds > 4_765_046_400) {
    throw invalid(`${name} must be between 946684800 and 4765046400`, name);
  }
  return seconds;
}

/** At most 15 pairs, each value at most 256 characters. The empty list that the provider itself sends back is accepted. */
export function notes(fields: Fields): Notes {
  const value = fields.notes;
  if (absent(value) || (Array.isArray(value) && value.length === 0)) return {};
  if (!isFields(value)) throw invalid('The notes must be an array.', 'notes');
  const pairs = Object.entries(value);
  if (pairs.length > 15) throw invalid('Number of fields in notes should be less than or equal to 15', 'notes');
  return Object.fromEntries(
    pairs.map(([key, entry]) => {
      if (typeof entry !== 'string' && typeof entry !== 'number' && typeof entry !== 'boolean') {
        throw invalid('The notes may hold only text and numbers.', 'notes');
      }
      if (String(entry).length > 256) throw invalid(`notes.${key} may not be greater than 256 characters.`, 'notes');
      return [key, entry];
    }),
  );
}

export function textList(fields: Fields, name: string): string[] {
  const value = fields[name];
  if (absent(value)) return [];
  if (!Array.isArray(value)) throw invalid(`The ${name} must be an array.`, name);
  return value.map((entry) => {
    if (typeof entry !== 'string') throw invalid(`The ${name} must hold strings.`, name);
    return entry;
  });
}

/** from, to, count (10 unless told, at most 100), skip. */
export function paging(query: Fields): Filter {
  const whole = (name: string): number | undefined => {
    if (absent(query[name])) return undefined;
    const value = Number(query[name]);
    if (!Number.isSafeInteger(value) || value < 0) throw invalid(`The ${name} must be an integer.`, name);
    return value;
  };
  const count = whole('count') ?? 10;
  if (count > 100) throw invalid('The count may not be greater than 100.', 'count');
  return { from: whole('from'), to: whole('to'), count, skip: whole('skip') };
}

/** Names in the query's `expand[]`. The SDK's broken `expand[expand]` is ignored, as the provider ignores it. */
export function expansions(query: Fields): string[] {
  const value = query['expand[]'];
  return (Array.isArray(value) ? value : [value]).filter((name) => typeof name === 'string');
}

/** An urlencoded body, with `a[b][0]=c` unfolded into objects; lists come out as objects with index keys. */
export function parseUrlencoded(body: string): Fields {
  const root: Record<string, unknown> = {};
  for (const [key, value] of new URLSearchParams(body)) {
    const path = key.split(/[[\]]+/).filter((part) => part !== '');
    if (path.some((part) => part === '__proto__')) continue;
    let at = root;
    path.slice(0, -1).forEach((part) => {
      const next = at[part];
      const child: Record<string, unknown> = isFields(next) ? { ...next } : {};
      at[part] = child;
      at = child;
    });
    const last = path.at(-1);
    if (last !== undefined) at[last] = value;
  }
  return root;
}
