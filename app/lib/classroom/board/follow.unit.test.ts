/** Who follows whom, as awareness tells it; and where one was, as this tab keeps it. */
import { describe, expect, it } from 'vitest';
import { leadOf, waysAfter, type Lead, type Ways } from './lead.ts';
import { placeFrom } from './stays.ts';

const HOST = 'p-tutor';
const says = (lead: object): Lead => {
  const found = leadOf({ user: { personId: HOST, name: 'Kavita Rao' }, lead: { box: [0, 0, 9, 9], ...lead } }, HOST);
  if (!found) throw new Error('nobody leads');
  return found;
};
const AT_START: Ways = { strayed: false, called: null };
const AWAY: Ways = { strayed: true, called: 0 };

describe('a viewer', () => {
  it('follows from the start, and until they go their own way', () => {
    expect(waysAfter(AT_START, null)).toEqual(AT_START);
    const following = waysAfter(AT_START, says({ page: '0.0', calls: 500, locked: false }));
    expect(following).toEqual({ strayed: false, called: 500 });
    const away = { ...following, strayed: true };
    expect(waysAfter(away, says({ page: '1.0', calls: 500, locked: false }))).toEqual(away);
    // Whoever leads was gone for a moment.
    expect(waysAfter(waysAfter(away, null), says({ page: '1.0', calls: 500, locked: false }))).toEqual(away);
  });

  it('comes when everyone is called, also by a host whose page was loaded anew since the last call', () => {
    const first = Date.UTC(2026, 10, 21, 10);
    const called = waysAfter(AWAY, says({ page: '0.0', calls: first, locked: false }));
    expect(called).toEqual({ strayed: false, called: first });
    const away = { ...called, strayed: true };
    const anew = waysAfter(away, says({ page: '0.0', calls: 0, locked: false }));
    expect(anew).toEqual(away);
    const again = waysAfter(anew, says({ page: '0.0', calls: first + 90_000, locked: false }));
    expect(again).toEqual({ strayed: false, called: first + 90_000 });
  });

  it('is not called by what was said before they came', () => {
    expect(waysAfter({ strayed: true, called: null }, says({ page: '0.0', calls: 77, locked: false }))).toEqual({
      strayed: true,
      called: 77,
    });
  });

  it('is kept while everyone is', () => {
    expect(waysAfter(AWAY, says({ page: '0.0', calls: 0, locked: true })).strayed).toBe(false);
  });
});

describe('where one was', () => {
  it.each([
    [null, null],
    ['', null],
    ['{', null],
    ['7', null],
    ['{"page":3,"turn":{},"strayed":1}', { page: null, turn: null, strayed: false }],
    ['{"page":"1.2","turn":"0.0","strayed":true}', { page: '1.2', turn: '0.0', strayed: true }],
  ])('as kept in %j is %j', (text, place) => {
    expect(placeFrom(text)).toEqual(place);
  });
});
