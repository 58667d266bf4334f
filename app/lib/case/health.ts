/** What the adapters say of themselves, as lines. Pure: the shape is theirs, nested one level at most. */
export interface HealthLine {
  readonly name: string;
  readonly value: string;
  /** Says whether something is wrong; null where the value is only a fact. */
  readonly ok: boolean | null;
}

function lineOf(name: string, value: unknown): HealthLine {
  if (typeof value === 'boolean') return { name, value: value ? 'yes' : 'no', ok: value };
  if (typeof value === 'string' || typeof value === 'number') {
    const text = String(value);
    const known = text === 'ok' ? true : ['down', 'failed', 'error'].includes(text) ? false : null;
    return { name, value: text, ok: known };
  }
  return { name, value: value === null || value === undefined ? '–' : JSON.stringify(value), ok: null };
}

/** `{a: {b: 1}, adapters: {events: "x"}, c: "ok"}` → `a b: 1`, `events: x`, `c: ok`. */
export function healthLines(state: Readonly<Record<string, unknown>>): readonly HealthLine[] {
  return Object.entries(state).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([inner, one]) => lineOf(name === 'adapters' ? inner : `${name} ${inner}`, one))
      : [lineOf(name, Array.isArray(value) ? value.join(', ') : value)],
  );
}
