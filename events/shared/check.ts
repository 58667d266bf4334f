/** Small checks on values that came from outside. Pure. */
export const isPaise = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

/** Whole paise, nought included. */
export const isAmount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

export const isInstant = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/**
 * All texts within this plain value can be kept: none holds U+0000, which PostgreSQL has no place for, or half of a
 * surrogate pair.
 */
export function isWritable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, part]) => isWritable(key) && isWritable(part));
}

/** Trimmed length within [min, max] characters, all of which can be kept. */
export const isText = (value: string, min: number, max: number): boolean =>
  value.trim().length >= min && value.length <= max && isWritable(value);

/** Found to be zones; asking the runtime costs as much as the rest of a command. There are some 600 names. */
const ZONES = new Set<string>();

/** An IANA zone that this runtime knows, such as `Asia/Kolkata`. */
export function isZone(zone: string): boolean {
  if (ZONES.has(zone)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    // The runtime takes any mixture of capitals, of which there is no end.
    if (ZONES.size < 1_000) ZONES.add(zone);
    return true;
  } catch {
    // Intl tells of an unknown zone only by throwing.
    return false;
  }
}
