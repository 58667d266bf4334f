import { describe, expect, it } from 'vitest';
import {
  allows,
  chooseRecording,
  doorOf,
  FRESH,
  handOf,
  letIn,
  lowerHand,
  promote,
  raiseHand,
  roleIn,
  sendAway,
} from './state.ts';

describe('the state of a room', () => {
  it('is a plain value that survives being written down', () => {
    const used = sendAway(promote(raiseHand(FRESH, 'ann'), 'ann', 'co-host'), {
      personId: 'bob',
      name: 'Bob',
      how: 'removed',
    });
    expect(JSON.parse(JSON.stringify(used))).toEqual(used);
  });

  it('[H1] keeps hands in the order of raising; a second raising changes nothing, a new one goes to the end', () => {
    const three = ['ann', 'bob', 'cy'].reduce(raiseHand, FRESH);
    expect(raiseHand(three, 'ann')).toBe(three);
    const again = raiseHand(lowerHand(three, 'ann'), 'ann');
    expect(again.hands.map(({ personId }) => personId)).toEqual(['bob', 'cy', 'ann']);
    expect([handOf(again, 'ann'), handOf(again, 'dan')]).toEqual([4, null]);
    expect(lowerHand(again, null).hands).toEqual([]);
    expect(lowerHand(FRESH, 'ann')).toBe(FRESH);
    // An order never comes twice, even when all hands were down.
    expect(handOf(raiseHand(lowerHand(again, null), 'bob'), 'bob')).toBe(5);
  });

  it('[D2] who was sent away has nothing left, and gets nothing back by being let in', () => {
    const before = letIn(promote(raiseHand(FRESH, 'bob'), 'bob', 'co-host'), 'bob');
    const away = sendAway(before, { personId: 'bob', name: 'Bob', how: 'removed' });
    expect([away.hands, away.coHosts, away.admitted]).toEqual([[], [], []]);
    expect(away.out).toEqual([{ personId: 'bob', name: 'Bob', how: 'removed' }]);
    const back = letIn(away, 'bob');
    expect([back.out, back.admitted, back.coHosts]).toEqual([[], ['bob'], []]);
    expect(letIn(back, 'bob')).toBe(back);
  });

  it('[R1] only a participant becomes co-host by a host’s word', () => {
    const state = promote(FRESH, 'ann', 'co-host');
    expect(roleIn(state, 'ann', 'participant')).toBe('co-host');
    expect(roleIn(state, 'ann', 'observer')).toBe('observer');
    expect(roleIn(promote(state, 'ann', 'participant'), 'ann', 'participant')).toBe('participant');
    expect(promote(state, 'ann', 'co-host')).toBe(state);
  });

  it('[Q2] forbids participants alone', () => {
    const closed = { ...FRESH, mayUnmute: false };
    expect(allows(closed, 'participant', 'microphone')).toBe(false);
    expect(allows(closed, 'participant', 'camera')).toBe(true);
    for (const role of ['host', 'co-host'] as const) expect(allows(closed, role, 'microphone')).toBe(true);
  });

  it('says of the door one word', () => {
    expect(doorOf(FRESH)).toBe('open');
    expect(doorOf({ ...FRESH, admission: 'ask' })).toBe('ask');
    expect(doorOf({ ...FRESH, admission: 'ask', locked: true })).toBe('locked');
  });

  it('[C1] keeps who does not want to be recorded', () => {
    const state = chooseRecording(FRESH, 'ann', false);
    expect(state.unrecorded).toEqual(['ann']);
    expect(chooseRecording(state, 'ann', false)).toBe(state);
    expect(chooseRecording(state, 'ann', true).unrecorded).toEqual([]);
  });
});
