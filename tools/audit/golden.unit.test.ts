import { describe, expect, it } from 'vitest';
import { goldens } from '#events/handling/golden/golden.ts';
import { EVENTS } from '#events/handling/registry.ts';
import { exampleOfEveryType } from './golden-example.ts';

function shape(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null)
    return [`${path.slice(1)}: ${value === null ? 'null' : typeof value}`];
  const parts = Object.entries(value).flatMap(([key, part]) =>
    shape(part, `${path}.${Array.isArray(value) ? '*' : key}`),
  );
  return [...new Set(parts)].sort();
}

describe('what is written today', () => {
  it('GO6: has the shape of its golden file; another shape is another version', { timeout: 60_000 }, () => {
    const examples = exampleOfEveryType();
    const kept = new Map(goldens().map((golden) => [golden.file, golden]));
    for (const [type, { version }] of Object.entries(EVENTS)) {
      const golden = kept.get(`${type}.v${version}.json`);
      if (!golden) continue;
      expect(
        shape(examples.get(type)),
        `The type of ${type} differs from ${golden.file}, which is in somebody's log. Raise its version in the registry and write an upcaster; for a type that was never released: node tools/audit/golden.ts --again ${type}`,
      ).toEqual(shape(golden.data));
    }
  });
});
