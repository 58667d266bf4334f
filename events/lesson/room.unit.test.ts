import { describe, expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { specFor } from '../shared/given.ts';
import { POLICY_2026_11 } from '../shared/policy.ts';
import { isRefusal } from '../shared/refusal.ts';
import { HOUR, MINUTE, START } from '../shared/times.ts';
import { decide, type LessonCommand } from './decide.ts';
import { evolve, initial, type LessonEvent } from './events.ts';
import type { RoomEvent, RoomWord } from './room.ts';

const decider = { initial, evolve, decide };
const given = specFor(decider);
const lessonId = 'l1';
const END = START + HOUR;
const lesson = { lessonId, code: 'nx-abc', tutorId: 't1', subject: 'Physics', startsAt: START, minutes: 60, seats: 2 };
const scheduled: LessonEvent = { type: 'LessonScheduled', data: lesson };
const taken: LessonEvent = { type: 'SeatTaken', data: { lessonId, bookingId: 'b1', studentId: 's1' } };
const joined = (personId: string, at = START, connectionId = `c-${personId}`): LessonEvent => ({
  type: 'ParticipantJoined',
  data: { lessonId, personId, role: personId === 't1' ? 'host' : 'participant', connectionId, at },
});
const left: LessonEvent = {
  type: 'ParticipantLeft',
  data: { lessonId, personId: 's1', connectionId: 'c-s1', at: START, reason: 'removed' },
};
const started: LessonEvent = { type: 'LessonStarted', data: { lessonId, at: START } };
const ended: LessonEvent = { type: 'LessonEnded', data: { lessonId, at: END, by: 'host' } };
const live = [scheduled, taken, joined('t1'), joined('s1'), started];

const noted = (word: RoomWord, change: Partial<{ by: string | null; at: number; now: number }> = {}): LessonCommand => {
  const { by = 't1', at = START, now = START } = change;
  return { type: 'NoteRoom', data: { lessonId, by, at, word }, now };
};
const told = (by: string | null, at = START) => ({ lessonId, by, at });
const coHost: RoomEvent = { type: 'RoleChanged', data: { ...told('t1'), personId: 's1', role: 'co-host' } };

/** What hosts say, with the fact of it. */
const OF_HOSTS: readonly [RoomWord, (by: string) => RoomEvent][] = [
  [
    { type: 'ParticipantAdmitted', personId: 'x' },
    (by) => ({ type: 'ParticipantAdmitted', data: { ...told(by), personId: 'x' } }),
  ],
  [
    { type: 'ParticipantTurnedAway', personId: 'x' },
    (by) => ({ type: 'ParticipantTurnedAway', data: { ...told(by), personId: 'x' } }),
  ],
  [
    { type: 'ParticipantRemoved', personId: 'x' },
    (by) => ({ type: 'ParticipantRemoved', data: { ...told(by), personId: 'x' } }),
  ],
  [{ type: 'DoorChanged', state: 'locked' }, (by) => ({ type: 'DoorChanged', data: { ...told(by), state: 'locked' } })],
  [
    { type: 'SendingChanged', source: 'microphone', state: 'forbidden' },
    (by) => ({ type: 'SendingChanged', data: { ...told(by), source: 'microphone', state: 'forbidden' } }),
  ],
];

describe('the room of live media', () => {
  it('LE33: the host lets in, turns away, takes out, locks and forbids; each is a fact, once', () => {
    for (const [word, fact] of OF_HOSTS) {
      given(live)
        .when(noted(word))
        .then([fact('t1')]);
      given([...live, fact('t1')])
        .when(noted(word))
        .then([]);
      given([...live, ended])
        .when(noted(word))
        .then('lesson-ended');
      given(live)
        .when(noted(word, { by: 's1' }))
        .then('not-the-host');
      given(live)
        .when(noted(word, { at: START + 1 }))
        .then('in-the-future');
      given(live)
        .when(noted(word, { at: START - HOUR }))
        .then('not-open-yet');
    }
  });

  it('LE33: what everybody starts with is no news', () => {
    for (const word of [
      { type: 'DoorChanged', state: 'open' },
      { type: 'SendingChanged', source: 'camera', state: 'allowed' },
      { type: 'RoleChanged', personId: 's1', role: 'participant' },
    ] as const)
      given(live).when(noted(word)).then([]);
  });

  it('LE34: a co-host does so too, but makes nobody co-host and does not send the host away', () => {
    given(live)
      .when(noted({ type: 'RoleChanged', personId: 's1', role: 'co-host' }))
      .then([coHost]);
    for (const [word, fact] of OF_HOSTS)
      given([...live, coHost])
        .when(noted(word, { by: 's1' }))
        .then([fact('s1')]);
    given([...live, coHost])
      .when(noted({ type: 'RoleChanged', personId: 's1', role: 'participant' }, { by: 's1' }))
      .then('not-the-host');
    for (const type of ['ParticipantRemoved', 'ParticipantTurnedAway'] as const)
      given([...live, coHost])
        .when(noted({ type, personId: 't1' }, { by: 's1' }))
        .then('host-stays');
    given(live)
      .when(noted({ type: 'RoleChanged', personId: 'x', role: 'co-host' }))
      .then('no-seat');
  });

  it('LE35: asking to be let in, going again and being left out of the recording is one’s own', () => {
    const asked: RoomEvent = { type: 'AskedToEnter', data: { ...told('s1'), personId: 's1' } };
    const went: RoomEvent = { type: 'StoppedAsking', data: { ...told('s1'), personId: 's1' } };
    const out: RoomEvent = { type: 'RecordingChosen', data: { ...told('s1'), personId: 's1', choice: 'left-out' } };
    const ask: RoomWord = { type: 'AskedToEnter', personId: 's1' };
    const go: RoomWord = { type: 'StoppedAsking', personId: 's1' };
    const refuseIt: RoomWord = { type: 'RecordingChosen', personId: 's1', choice: 'left-out' };
    const cases: readonly [readonly LessonEvent[], RoomWord, RoomEvent][] = [
      [live, ask, asked],
      [[...live, asked], go, went],
      [live, refuseIt, out],
    ];
    for (const [history, word, fact] of cases) {
      given(history)
        .when(noted(word, { by: 's1' }))
        .then([fact]);
      given(history)
        .when(noted(word, { by: 't1' }))
        .then('not-theirs');
    }
    given(live)
      .when(noted({ type: 'RecordingChosen', personId: 's1', choice: 'recorded' }, { by: 's1' }))
      .then([]);
    given(live)
      .when(noted(go, { by: 's1' }))
      .then([]);
  });

  it('LE35: a locked room turns away by itself, and does nothing else by itself', () => {
    given(live)
      .when(noted({ type: 'ParticipantTurnedAway', personId: 's1' }, { by: null }))
      .then([{ type: 'ParticipantTurnedAway', data: { ...told(null), personId: 's1' } }]);
    for (const [word] of OF_HOSTS.filter(([{ type }]) => type !== 'ParticipantTurnedAway'))
      given(live)
        .when(noted(word, { by: null }))
        .then('not-the-host');
  });

  it('LE38: what is wrong with a connection is measured by the room, once, and anew for who comes anew', () => {
    const weak = { personId: 's1', network: 'theirs', rttMs: 420, lossUp: 80, lossDown: null } as const;
    const weakened: RoomEvent = { type: 'ConnectionWeakened', data: { ...told(null), ...weak } };
    const word: RoomWord = { type: 'ConnectionWeakened', ...weak };
    const black: RoomWord = { type: 'MediaFaultNoticed', personId: 's1', fault: 'camera-black' };
    const wasBlack: RoomEvent = {
      type: 'MediaFaultNoticed',
      data: { ...told(null), personId: 's1', fault: 'camera-black' },
    };
    const measured = (one: RoomWord) => noted(one, { by: null });
    given(live).when(measured(word)).then([weakened]);
    given(live).when(noted(word)).then('not-measured');
    given([...live, weakened])
      .when(measured(word))
      .then([]);
    given([...live, weakened, joined('s1', START, 'c2')])
      .when(measured(word))
      .then([weakened]);
    given(live)
      .when(measured({ type: 'ConnectionRecovered', personId: 's1' }))
      .then([]);
    given([...live, weakened])
      .when(measured({ type: 'ConnectionRecovered', personId: 's1' }))
      .then([{ type: 'ConnectionRecovered', data: { ...told(null), personId: 's1' } }]);
    given(live).when(measured(black)).then([wasBlack]);
    given([...live, wasBlack])
      .when(measured({ type: 'MediaFaultNoticed', personId: 's1', fault: 'microphone-silent' }))
      .then([{ type: 'MediaFaultNoticed', data: { ...told(null), personId: 's1', fault: 'microphone-silent' } }]);
    given([...live, wasBlack])
      .when(measured({ type: 'MediaFaultEnded', personId: 's1', fault: 'camera-black' }))
      .then([{ type: 'MediaFaultEnded', data: { ...told(null), personId: 's1', fault: 'camera-black' } }]);
  });

  describe('LE39: a page out of sight', () => {
    const hide: RoomWord = { type: 'PageHidden', personId: 's1' };
    const show: RoomWord = { type: 'PageShown', personId: 's1' };
    const hidden: RoomEvent = { type: 'PageHidden', data: { ...told('s1'), personId: 's1' } };
    const shown: RoomEvent = { type: 'PageShown', data: { ...told('s1'), personId: 's1' } };
    const theirs = (word: RoomWord, at = START) => noted(word, { by: 's1', at, now: START + MINUTE });

    it('LE39: is a fact when it begins and when it ends, once each', () => {
      given(live)
        .when(theirs(hide, START + 5))
        .then([{ ...hidden, data: { ...hidden.data, at: START + 5 } }]);
      given([...live, hidden])
        .when(theirs(hide))
        .then([]);
      given([...live, hidden])
        .when(theirs(show))
        .then([shown]);
      given([...live, hidden, shown])
        .when(theirs(show))
        .then([]);
      given([...live, hidden, shown])
        .when(theirs(hide))
        .then([hidden]);
      given([...live, ended])
        .when(theirs(hide))
        .then('lesson-ended');
    });

    it('LE39: that it is shown is no news of who comes, over whichever connection', () => {
      given(live).when(theirs(show)).then([]);
      given([...live, hidden, joined('s1', START, 'c2')])
        .when(theirs(show))
        .then([]);
      given([...live, hidden, joined('s1', START, 'c2')])
        .when(theirs(hide))
        .then([hidden]);
      // Another person's coming is nothing to them.
      given([...live, hidden, joined('s2')])
        .when(theirs(hide))
        .then([]);
    });

    it('LE39: is one’s own to say: neither the host’s nor the room’s nor another student’s', () => {
      for (const by of ['t1', 's2', null])
        for (const word of [hide, show])
          given([...live, joined('s2')])
            .when(noted(word, { by }))
            .then('not-theirs');
    });

    it('LE39: is said by who is connected, over one connection at least', () => {
      given([...live, left])
        .when(theirs(hide))
        .then('not-joined');
      given([...live, hidden, left])
        .when(theirs(show))
        .then('not-joined');
      given([scheduled, taken, joined('t1')])
        .when(theirs(hide))
        .then('not-joined');
      given([...live, joined('s1', START, 'c2'), left])
        .when(theirs(hide))
        .then([hidden]);
    });

    it('LE39: decides nothing: who heard the lesson behind a hidden page was present', () => {
      const flowing = (personId: string, direction: 'sent' | 'received'): LessonEvent => ({
        type: 'MediaStarted',
        data: { lessonId, personId, connectionId: `c-${personId}`, direction, at: START },
      });
      const held = [...live, flowing('t1', 'sent'), flowing('s1', 'received')];
      const end: LessonCommand = {
        type: 'EndLesson',
        data: { lessonId, by: 'host', policy: POLICY_2026_11 },
        now: END,
      };
      const decided = decide(end, fold(decider, [...held, hidden]));
      expect(decided).toEqual(decide(end, fold(decider, held)));
      expect(decided).toContainEqual(
        expect.objectContaining({ type: 'OutcomeDecided', data: expect.objectContaining({ outcome: 'held' }) }),
      );
    });
  });

  it('LE36: who is taken out leaves by every connection and comes in no more, until let in again', () => {
    const join: LessonCommand = {
      type: 'JoinLesson',
      data: { lessonId, personId: 's1', role: 'participant', connectionId: 'c9' },
      now: START + MINUTE,
    };
    const removed: RoomEvent = { type: 'ParticipantRemoved', data: { ...told('t1'), personId: 's1' } };
    const admitted: RoomEvent = { type: 'ParticipantAdmitted', data: { ...told('t1'), personId: 's1' } };
    given(live)
      .when(noted({ type: 'ParticipantRemoved', personId: 's1' }))
      .then([left, removed]);
    given([...live, left, removed])
      .when(join)
      .then('removed');
    given([...live, left, removed, admitted])
      .when(join)
      .then([joined('s1', START + MINUTE, 'c9')]);
  });

  it('LE37: a student who was kept at the door in time is no no-show', () => {
    const asked = (at: number): RoomEvent => ({ type: 'AskedToEnter', data: { ...told('s1', at), personId: 's1' } });
    const went = (at: number): RoomEvent => ({ type: 'StoppedAsking', data: { ...told('s1', at), personId: 's1' } });
    const locked: RoomEvent = { type: 'ParticipantTurnedAway', data: { ...told(null, START - 5), personId: 's1' } };
    const removed: RoomEvent = { type: 'ParticipantRemoved', data: { ...told('t1', START - 5), personId: 's1' } };
    const admitted: RoomEvent = { type: 'ParticipantAdmitted', data: { ...told('t1', START - 3), personId: 's1' } };
    const outcomeOf = (tutor: readonly LessonEvent[], ...events: readonly LessonEvent[]): string => {
      const end: LessonCommand = {
        type: 'EndLesson',
        data: { lessonId, by: tutor.length > 0 ? 'host' : 'time', policy: POLICY_2026_11 },
        now: END + 15 * MINUTE,
      };
      const decided = decide(end, fold(decider, [scheduled, taken, ...tutor, ...events]));
      const outcomes = isRefusal(decided) ? [] : decided.filter(({ type }) => type === 'OutcomeDecided');
      const [only] = outcomes;
      return only?.type === 'OutcomeDecided' ? only.data.outcome : 'none';
    };
    const there = [joined('t1')];
    expect(outcomeOf(there)).toBe('student-no-show');
    expect(outcomeOf(there, asked(START + MINUTE))).toBe('unclear');
    expect(outcomeOf(there, asked(START - 9 * MINUTE))).toBe('unclear');
    expect(outcomeOf(there, locked)).toBe('unclear');
    expect(outcomeOf(there, removed)).toBe('unclear');
    // Away by their own will, late, or let in and not there: that is their own.
    expect(outcomeOf(there, asked(START - 9 * MINUTE), went(START - 8 * MINUTE))).toBe('student-no-show');
    expect(outcomeOf(there, asked(START + 16 * MINUTE))).toBe('student-no-show');
    expect(outcomeOf(there, locked, admitted)).toBe('student-no-show');
    // Without a tutor it was never nobody.
    expect(outcomeOf([])).toBe('nobody');
    expect(outcomeOf([], asked(START))).toBe('tutor-no-show');
  });
});
