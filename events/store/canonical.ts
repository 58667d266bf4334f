/**
 * Canonical JSON (RFC 8785): one value, one sequence of bytes, whoever writes it. Keys are sorted by UTF-16 code unit,
 * numbers and strings are written as ECMAScript writes them, and there is no white space.
 *
 * Stricter than JSON.stringify, because a value that changes on its way through the log is a bug in money: a Date, a
 * bigint, NaN, a hole, half of a surrogate pair, or U+0000 (which no column of PostgreSQL can hold) throws. A key whose value is undefined is left out.
 */
export function canonicalJson(value: unknown, name = '$'): string {
  return written(value, { above: null, at: name });
}

/** A place in the value, put into words only for an error. */
interface Path {
  readonly above: Path | null;
  readonly at: string | number;
}

function worded({ above, at }: Path): string {
  if (above === null) return String(at);
  return typeof at === 'number' ? `${worded(above)}[${at}]` : `${worded(above)}.${at}`;
}

function written(value: unknown, path: Path): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${worded(path)} is ${value}, which JSON cannot hold`);
      return String(value);
    case 'string':
      return text(value, path);
    case 'object':
      return Array.isArray(value) ? list(value, path) : record(value, path);
    default:
      throw new TypeError(`${worded(path)} is a ${typeof value}, which JSON cannot hold`);
  }
}

/** Printable ASCII without quotation mark and backslash stands in JSON as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

function text(value: string, path: Path): string {
  if (PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError(`${worded(path)} holds half of a surrogate pair`);
  if (value.includes('\u0000'))
    throw new TypeError(`${worded(path)} holds U+0000, which no text of the database can hold`);
  return JSON.stringify(value);
}

function list(values: readonly unknown[], path: Path): string {
  return `[${Array.from(values, (value, index) => written(value, { above: path, at: index })).join(',')}]`;
}

function record(value: object, path: Path): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`${worded(path)} is a ${value.constructor.name}; only plain objects and arrays are kept`);
  }
  let parts = '';
  for (const key of Object.keys(value).sort()) {
    const entry: unknown = Reflect.get(value, key);
    if (entry === undefined) continue;
    const below = { above: path, at: key };
    parts += `${parts === '' ? '' : ','}${text(key, path)}:${written(entry, below)}`;
  }
  return `{${parts}}`;
}
