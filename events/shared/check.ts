/** Small checks on values that came from outside. Pure. */
export const isPaise = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

export const isInstant = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** Trimmed length within [min, max] characters. */
export const isText = (value: string, min: number, max: number): boolean =>
  value.trim().length >= min && value.length <= max;

/** An IANA zone that this runtime knows, such as `Asia/Kolkata`. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    // Intl tells of an unknown zone only by throwing.
    return false;
  }
}
