/**
 * Canonical JSON (RFC 8785): one value, one sequence of bytes, whoever writes it. Keys are sorted by UTF-16 code unit,
 * numbers and strings are written as ECMAScript writes them, and there is no white space.
 *
 * Stricter than JSON.stringify, because a value that changes on its way through the log is a bug in money: a Date, a
 * bigint, NaN, a hole, half of a surrogate pair, or U+0000 (which no column of PostgreSQL can hold) throws. A key whose value is undefined is left out.
 */
export function canonicalJson(value: unknown, path = '$'): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${path} is ${value}, which JSON cannot hold`);
      return JSON.stringify(value);
    case 'string':
      return text(value, path);
    case 'object':
      return Array.isArray(value) ? list(value, path) : record(value, path);
    default:
      throw new TypeError(`${path} is a ${typeof value}, which JSON cannot hold`);
  }
}

function text(value: string, path: string): string {
  if (!value.isWellFormed()) throw new TypeError(`${path} holds half of a surrogate pair`);
  if (value.includes('\u0000')) throw new TypeError(`${path} holds U+0000, which no text of the database can hold`);
  return JSON.stringify(value);
}

function list(values: readonly unknown[], path: string): string {
  return `[${Array.from(values, (value, index) => canonicalJson(value, `${path}[${index}]`)).join(',')}]`;
}

function record(value: object, path: string): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`${path} is a ${value.constructor.name}; only plain objects and arrays are kept`);
  }
  const parts: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const entry: unknown = Reflect.get(value, key);
    if (entry !== undefined) parts.push(`${text(key, path)}:${canonicalJson(entry, `${path}.${key}`)}`);
  }
  return `{${parts.join(',')}}`;
}
