import { expect, it } from 'vitest';
import { filterOf, pageHref, searchOf } from './search.ts';

const of = (query: string) => searchOf(new URLSearchParams(query));

it('reads a search from its address and back', () => {
  const search = of('q=+Rohan+&state=confirmed&page=3');
  expect(search).toEqual({ text: 'Rohan', state: 'confirmed', page: 3 });
  expect(pageHref(search, 3)).toBe('?q=Rohan&state=confirmed&page=3');
  expect(filterOf(search)).toEqual({ text: 'Rohan', state: 'confirmed', limit: 25, offset: 50 });
});

it('asks for everything where the address says nothing that is known', () => {
  expect(of('state=stolen&page=-2')).toEqual({ text: '', state: '', page: 1 });
  expect(filterOf(of('page=1e99'))).toEqual({ limit: 25, offset: 0 });
  expect(pageHref(of(''), 1)).toBe('?');
});
