/** Reading and replacing leaves of plain data by path; `*` stands for every element of a list. Pure. */

type Data = Readonly<Record<string, unknown>>;

/**
 * A copy of `data` in which every value found at `path` is what `change` makes of it; without any, `data` itself.
 * `place` names the very place: `offers.0.title`.
 */
export function changeAt(
  data: Data,
  path: readonly string[],
  change: (value: unknown, place: string) => unknown,
): Data {
  const changed = changeIn(data, path, 0, '', change);
  return isData(changed) ? changed : data;
}

function changeIn(
  value: unknown,
  path: readonly string[],
  at: number,
  place: string,
  change: (value: unknown, place: string) => unknown,
): unknown {
  const step = path[at];
  if (step === undefined) return value === undefined || value === null ? value : change(value, place.slice(1));
  if (step === '*') {
    if (!Array.isArray(value)) return value;
    return value.map((element: unknown, index) => changeIn(element, path, at + 1, `${place}.${index}`, change));
  }
  if (!isData(value) || !Object.hasOwn(value, step)) return value;
  const before = value[step];
  const after = changeIn(before, path, at + 1, `${place}.${step}`, change);
  return after === before ? value : { ...value, [step]: after };
}

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);
