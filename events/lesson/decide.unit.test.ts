import { describe, expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { specFor } from '../shared/given.ts';
import { POLICY_2026_11 } from '../shared/policy.ts';
import { isRefusal } from '../shared/refusal.ts';
import { HOUR, MINUTE, START } from '../shared/times.ts';
import { decide, type LessonCommand } from './decide.ts';
import { evolve, initial, type LessonEvent } from './events.ts';
import type { HostWord, RightsEvent } from './rights.ts';

const given = specFor({ initial, evolve, decide });
const lessonId = 'l1';
const END = START + HOUR;
const policy = POLICY_2026_11;
const lesson = { lessonId, code: 'nx-abc', tutorId: 't1', subject: 'Physics', startsAt: START, minutes: 60, seats: 2 };
const scheduled: LessonEvent = { type: 'LessonScheduled', data: lesson };
const taken = (n: number): LessonEvent => ({
  type: 'SeatTaken',
  data: { lessonId, bookingId: `b${n}`, studentId: `s${n}` },
});
const givenUp = (n: number): LessonEvent => ({
  type: 'SeatGivenUp',
  data: { lessonId, bookingId: `b${n}`, studentId: `s${n}` },
});
const joined = (personId: string, at: number, connectionId = `c-${personId}`): LessonEvent => ({
  type: 'ParticipantJoined',
  data: { lessonId, personId, role: personId === 't1' ? 'host' : 'participant', connectionId, at },
});
const left = (
  personId: string,
  at: number,
  reason: 'left' | 'disconnected' | 'lesson-ended' | 'removed' = 'left',
  connectionId = `c-${personId}`,
): LessonEvent => ({ type: 'ParticipantLeft', data: { lessonId, personId, connectionId, at, reason } });
const media = (
  type: 'MediaStarted' | 'MediaStopped',
  personId: string,
  direction: 'sent' | 'received',
  at: number,
): LessonEvent => ({ type, data: { lessonId, personId, connectionId: `c-${personId}`, direction, at } });
const worked = (personId: string, minute: number, surface: 'board' | 'chat' = 'board'): LessonEvent => ({
  type: 'WorkNoted',
  data: { lessonId, personId, surface, minute },
});
const started = (at: number): LessonEvent => ({ type: 'LessonStarted', data: { lessonId, at } });
const ended = (at: number, by: 'host' | 'time' | 'all-gone' | 'no-tutor' = 'host'): LessonEvent => ({
  type: 'LessonEnded',
  data: { lessonId, at, by },
});
const cancelled: LessonEvent = { type: 'LessonCancelled', data: { lessonId, reason: 'no seats' } };

const take = (n: number, studentId = `s${n}`): LessonCommand => ({
  type: 'TakeSeat',
  data: { lessonId, bookingId: `b${n}`, studentId },
  now: START,
});
const giveUp = (n: number): LessonCommand => ({
  type: 'GiveUpSeat',
  data: { lessonId, bookingId: `b${n}` },
  now: START,
});
const join = (personId: string, now: number, connectionId = `c-${personId}`): LessonCommand => ({
  type: 'JoinLesson',
  data: { lessonId, personId, role: personId === 't1' ? 'host' : 'participant', connectionId },
  now,
});
const leave = (personId: string, at: number, now = at, connectionId = `c-${personId}`): LessonCommand => ({
  type: 'LeaveLesson',
  data: { lessonId, personId, connectionId, at, reason: 'left' },
  now,
});
const mediaCommand = (
  type: 'StartMedia' | 'StopMedia',
  personId: string,
  direction: 'sent' | 'received',
  at: number,
  now = at,
): LessonCommand => ({ type, data: { lessonId, personId, connectionId: `c-${personId}`, direction, at }, now });
const note = (minute: number, now: number, surface: 'board' | 'chat' = 'board'): LessonCommand => ({
  type: 'NoteWork',
  data: { lessonId, personId: 's1', surface, minute },
  now,
});
const end = (by: 'host' | 'time' | 'all-gone' | 'no-tutor', now: number): LessonCommand => ({
  type: 'EndLesson',
  data: { lessonId, by, policy },
  now,
});
const cancel = (now = START): LessonCommand => ({ type: 'CancelLesson', data: { lessonId, reason: 'no seats' }, now });
const open = [scheduled, taken(1)];
const live = [...open, joined('t1', START), joined('s1', START), started(START)];
const over = [...live, ended(END)];
const off = [...open, cancelled];

describe('seats', () => {
  const schedule = (change: Partial<typeof lesson> = {}): LessonCommand => ({
    type: 'ScheduleLesson',
    data: { ...lesson, ...change },
    now: 1,
  });
  it('LE1: scheduled once', () => {
    given([]).when(schedule()).then([scheduled]);
    given(over).when(schedule()).then([]);
    given([scheduled])
      .when(schedule({ startsAt: END }))
      .then('lesson-exists');
    given([])
      .when(schedule({ minutes: 50 }))
      .then('lesson-invalid');
    given([])
      .when(schedule({ seats: 0 }))
      .then('lesson-invalid');
  });
  it('LE2: nothing happens without', () => {
    for (const command of [take(1), giveUp(1), join('t1', START), leave('t1', START), note(START, START), cancel()])
      given([]).when(command).then('lesson-unknown');
    for (const command of [mediaCommand('StartMedia', 's1', 'sent', START), end('time', END)])
      given([]).when(command).then('lesson-unknown');
  });
  it('LE3: never more than there are', () => {
    given([scheduled])
      .when(take(1))
      .then([taken(1)]);
    given(open).when(take(1)).then([]);
    given(open)
      .when(take(2))
      .then([taken(2)]);
    given([...open, taken(2)])
      .when(take(3))
      .then('no-seat-left');
    given(open).when(take(2, 's1')).then('already-in-lesson');
    given(open).when(take(2, 't1')).then('own-lesson');
    given(over).when(take(2)).then('lesson-ended');
    given(off).when(take(2)).then('lesson-cancelled');
  });
  it('LE4, LE5: given up for good, once', () => {
    given(open)
      .when(giveUp(1))
      .then([givenUp(1)]);
    given([...open, givenUp(1)])
      .when(giveUp(1))
      .then([]);
    given([...open, givenUp(1)])
      .when(take(1))
      .then('seat-given-up');
    given([...open, taken(2), givenUp(1)])
      .when(take(3))
      .then([taken(3)]);
    given(open).when(giveUp(9)).then('no-such-seat');
    given(over).when(giveUp(1)).then('lesson-ended');
    given(off).when(giveUp(1)).then([]);
  });
  it('LE5: whoever gives up their seat is shown out of every connection first, and nobody else is', () => {
    const flowing = [...live, joined('s1', START, 'c2'), media('MediaStarted', 's1', 'received', START)];
    given(flowing)
      .when(giveUp(1))
      .then([
        media('MediaStopped', 's1', 'received', START),
        left('s1', START, 'removed'),
        left('s1', START, 'removed', 'c2'),
        givenUp(1),
      ]);
    given([...live, taken(2), joined('s2', START), left('s2', START)])
      .when(giveUp(2))
      .then([givenUp(2)]);
  });
  it('LE5: whoever has another seat in the lesson stays', () => {
    const second: LessonEvent = { type: 'SeatTaken', data: { lessonId, bookingId: 'b2', studentId: 's1' } };
    given([...live, second])
      .when(giveUp(1))
      .then([givenUp(1)]);
  });
});

describe('joining and leaving', () => {
  const opens = START - 15 * MINUTE;
  it('LE6: from 15 minutes before, not a millisecond sooner', () => {
    given(open)
      .when(join('s1', opens - 1))
      .then('not-open-yet');
    given(open)
      .when(join('s1', opens))
      .then([joined('s1', opens)]);
  });
  it('LE6: until the end, at latest 15 minutes after the scheduled one', () => {
    given(open)
      .when(join('s1', END + 15 * MINUTE - 1))
      .then([joined('s1', END + 15 * MINUTE - 1)]);
    given(open)
      .when(join('s1', END + 15 * MINUTE))
      .then('lesson-ended');
    given(over).when(join('s1', END)).then('lesson-ended');
    given(off).when(join('s1', START)).then('lesson-cancelled');
  });
  it('LE7: only the tutor is host', () => {
    const asHost: LessonCommand = {
      type: 'JoinLesson',
      data: { lessonId, personId: 's1', role: 'host', connectionId: 'c' },
      now: START,
    };
    given(open).when(asHost).then('not-the-host');
  });
  it('LE7: a participant has a seat; an observer needs none', () => {
    given(open).when(join('guest', START)).then('no-seat');
    given([...open, givenUp(1)])
      .when(join('s1', START))
      .then('no-seat');
    const watching = { lessonId, personId: 'a1', role: 'observer', connectionId: 'c-a1' } as const;
    given(open)
      .when({ type: 'JoinLesson', data: watching, now: START })
      .then([{ type: 'ParticipantJoined', data: { ...watching, at: START } }]);
  });
  it('LE8: several connections of one person, each of one person only', () => {
    given([...open, joined('s1', opens)])
      .when(join('s1', opens + 1))
      .then([]);
    given([...open, joined('s1', opens)])
      .when(join('s1', START, 'c2'))
      .then([joined('s1', START, 'c2')]);
    given([...open, taken(2), joined('s1', opens)])
      .when(join('s2', START, 'c-s1'))
      .then('connection-taken');
    given([...open, joined('s1', opens), left('s1', START)])
      .when(join('s1', END))
      .then([joined('s1', END)]);
  });
  it('LE9: starts when tutor and student are both there, once', () => {
    const now = opens + MINUTE;
    given([...open, joined('t1', opens)])
      .when(join('s1', now))
      .then([joined('s1', now), started(now)]);
    given([...open, joined('s1', opens)])
      .when(join('t1', now))
      .then([joined('t1', now), started(now)]);
    given([...open, joined('t1', opens), left('t1', opens + 1)])
      .when(join('s1', now))
      .then([joined('s1', now)]);
    given([...live, left('s1', END)])
      .when(join('s1', END))
      .then([joined('s1', END)]);
  });
  it('LE9: also when the seat comes after the student', () =>
    given([scheduled, joined('t1', opens), joined('s1', opens)])
      .when(take(1))
      .then([taken(1), started(START)]));
  it('LE10: leaving stops what flowed over that connection', () => {
    const history = [...live, joined('s1', START, 'c2'), media('MediaStarted', 's1', 'received', START + 5)];
    given(history)
      .when(leave('s1', END))
      .then([media('MediaStopped', 's1', 'received', END), left('s1', END)]);
    given(history)
      .when(leave('s1', END, END, 'c2'))
      .then([left('s1', END, 'left', 'c2')]);
    given([...live, left('s1', START + 9)])
      .when(leave('s1', END))
      .then([]);
    given(live).when(leave('s9', END)).then('not-joined');
    given(over).when(leave('s1', END)).then([]);
  });
  it('LE11: neither later than now nor sooner than the joining', () => {
    given(live)
      .when(leave('s1', END, END - 1))
      .then('in-the-future');
    given(live)
      .when(leave('s1', START - 9, END))
      .then([left('s1', START)]);
  });
});

describe('media and work', () => {
  it('LE12: starts once a direction, over an open connection', () => {
    const startedMedia = media('MediaStarted', 's1', 'sent', START + 5);
    given(live)
      .when(mediaCommand('StartMedia', 's1', 'sent', START + 5))
      .then([startedMedia]);
    given([...live, startedMedia])
      .when(mediaCommand('StartMedia', 's1', 'sent', START + 9))
      .then([]);
    given([...live, startedMedia])
      .when(mediaCommand('StartMedia', 's1', 'received', START + 9))
      .then([media('MediaStarted', 's1', 'received', START + 9)]);
    given(open)
      .when(mediaCommand('StartMedia', 's1', 'sent', START))
      .then('not-joined');
    given(live)
      .when(mediaCommand('StartMedia', 's1', 'sent', END, END - 1))
      .then('in-the-future');
    given(over)
      .when(mediaCommand('StartMedia', 's1', 'sent', END))
      .then('lesson-ended');
  });
  it('LE11: starts again where it stopped, never sooner', () => {
    const history = [
      ...live,
      media('MediaStarted', 's1', 'sent', START),
      media('MediaStopped', 's1', 'sent', START + 9),
    ];
    given(history)
      .when(mediaCommand('StartMedia', 's1', 'sent', START + 5, END))
      .then([media('MediaStarted', 's1', 'sent', START + 9)]);
  });
  it('LE13: stopping what does not flow changes nothing', () => {
    const flowing = [...live, media('MediaStarted', 's1', 'sent', START + 5)];
    given(flowing)
      .when(mediaCommand('StopMedia', 's1', 'sent', END))
      .then([media('MediaStopped', 's1', 'sent', END)]);
    given(flowing)
      .when(mediaCommand('StopMedia', 's1', 'sent', START, END))
      .then([media('MediaStopped', 's1', 'sent', START + 5)]);
    given(live)
      .when(mediaCommand('StopMedia', 's1', 'sent', END))
      .then([]);
    given(over)
      .when(mediaCommand('StopMedia', 's1', 'sent', END))
      .then([]);
  });
  it('LE14: work counts by the minute, once a surface, without any connection', () => {
    given(open)
      .when(note(START + 59_999, END))
      .then([worked('s1', START)]);
    given([...open, worked('s1', START)])
      .when(note(START + 1, END))
      .then([]);
    given([...open, worked('s1', START)])
      .when(note(START, END, 'chat'))
      .then([worked('s1', START, 'chat')]);
    given(open)
      .when(note(END + MINUTE, END))
      .then('in-the-future');
    given(open)
      .when(note(START - 20 * MINUTE, START))
      .then('not-open-yet');
    given(over).when(note(END, END)).then('lesson-ended');
  });

  it('LE14: preparing the board before the classroom opens is nobody’s presence', () => {
    const opens = START - 15 * MINUTE;
    for (const minute of [START - 3 * 24 * 60 * MINUTE, opens - MINUTE])
      given(open).when(note(minute, START)).then('not-open-yet');
    given(open)
      .when(note(opens, START))
      .then([worked('s1', opens)]);
  });
});

describe('when it may end', () => {
  it('LE15: by the tutor, who was there, from the start on', () => {
    given([...open, joined('t1', START - 9)])
      .when(end('host', START - 1))
      .then('too-early');
    given(open).when(end('host', END)).then('host-not-there');
  });
  it('LE16: by time, 15 minutes after the scheduled end', () =>
    given(live)
      .when(end('time', END + 15 * MINUTE - 1))
      .then('not-due'));
  it('LE16: when all have been gone for ten minutes after the scheduled end', () => {
    const gone = [...live, left('s1', END - HOUR / 2), left('t1', END - HOUR / 2)];
    given(gone)
      .when(end('all-gone', END + 10 * MINUTE - 1))
      .then('not-due');
    given(live)
      .when(end('all-gone', END + 14 * MINUTE))
      .then('someone-there');
    given([...live, left('s1', END), left('t1', END + 3 * MINUTE)])
      .when(end('all-gone', END + 12 * MINUTE))
      .then('not-due');
  });
  it('LE40: an observer keeps no lesson open, and is nobody of whom an outcome speaks', () => {
    const looksOn: LessonEvent = {
      type: 'ParticipantJoined',
      data: { lessonId, personId: 'a1', role: 'observer', connectionId: 'c-a1', at: START },
    };
    const gone = [...live, looksOn, left('s1', END), left('t1', END)];
    given(gone)
      .when(end('all-gone', END + 10 * MINUTE - 1))
      .then('not-due');
    const outcomes = (history: readonly LessonEvent[]) => {
      const events = decide(end('all-gone', END + 10 * MINUTE), fold({ initial, evolve }, history));
      return isRefusal(events) ? events : events.filter(({ type }) => type === 'OutcomeDecided');
    };
    expect(outcomes(gone)).toHaveLength(1);
    expect(outcomes(gone)).toEqual(outcomes(gone.filter((event) => event !== looksOn)));
    // Alone with each other, tutor and observer are no lesson.
    given([...open, looksOn])
      .when(join('t1', START))
      .then([joined('t1', START)]);
  });
  it('LE17: without the tutor, 15 minutes after the start', () => {
    given(open)
      .when(end('no-tutor', START + 15 * MINUTE - 1))
      .then('not-due');
    given([...open, joined('t1', START + 1)])
      .when(end('no-tutor', START + 15 * MINUTE))
      .then('tutor-came');
    given([...open, joined('t1', START - 9), left('t1', START + 1)])
      .when(end('no-tutor', START + 15 * MINUTE))
      .then('tutor-came');
    given([...open, worked('t1', START)])
      .when(end('no-tutor', START + 15 * MINUTE))
      .then('tutor-came');
  });
  it('LE18: once, and not when cancelled', () => {
    given(over)
      .when(end('time', END + HOUR))
      .then([]);
    given(off)
      .when(end('time', END + HOUR))
      .then('lesson-cancelled');
  });
});

describe('how it ends', () => {
  it('LE18: flows stop, people leave, the lesson ends, each seat gets its outcome', () => {
    const history = [
      ...live,
      taken(2),
      media('MediaStarted', 't1', 'sent', START),
      media('MediaStarted', 's1', 'received', START),
    ];
    const figures = { taughtMs: HOUR, presentMs: HOUR, heldMs: HOUR };
    given(history)
      .when(end('host', END))
      .then([
        media('MediaStopped', 't1', 'sent', END),
        left('t1', END, 'lesson-ended'),
        media('MediaStopped', 's1', 'received', END),
        left('s1', END, 'lesson-ended'),
        ended(END),
        {
          type: 'OutcomeDecided',
          data: { lessonId, bookingId: 'b1', outcome: 'held', t0: END, ...figures, reasons: ['held-at-least-half'] },
        },
        {
          type: 'OutcomeDecided',
          data: {
            lessonId,
            bookingId: 'b2',
            outcome: 'student-no-show',
            t0: END,
            taughtMs: HOUR,
            presentMs: 0,
            heldMs: 0,
            reasons: ['tutor-waited', 'student-not-there-in-time'],
          },
        },
      ]);
  });
  it('LE28: a seat given up gets no outcome', () =>
    given([...open, givenUp(1)])
      .when(end('no-tutor', START + 15 * MINUTE))
      .then([ended(START + 15 * MINUTE, 'no-tutor')]));
  it('LE19: a timer that comes days late does not lengthen the lesson', () => {
    const closes = END + 15 * MINUTE;
    given([scheduled])
      .when(end('time', END + 99 * HOUR))
      .then([ended(closes, 'time')]);
    given([scheduled, joined('t1', START), left('t1', END + MINUTE)])
      .when(end('all-gone', END + 99 * HOUR))
      .then([ended(END + 11 * MINUTE, 'all-gone')]);
    given([scheduled, joined('t1', START)])
      .when(end('host', END + 99 * HOUR))
      .then([left('t1', closes, 'lesson-ended'), ended(closes)]);
  });
  it('LE30: cancelled until it starts; who is inside is shown out', () => {
    given(open).when(cancel()).then([cancelled]);
    given(off).when(cancel()).then([]);
    given([...open, joined('s1', START - 9)])
      .when(cancel())
      .then([left('s1', START, 'removed'), cancelled]);
    given(live).when(cancel()).then('lesson-started');
    given(over).when(cancel()).then('lesson-ended');
  });
});

describe('what the host allows', () => {
  const said = (word: HostWord, change: Partial<{ personId: string; at: number; now: number }> = {}): LessonCommand => {
    const { personId = 't1', at = START, now = START } = change;
    return { type: 'NoteRights', data: { lessonId, personId, at, word }, now };
  };
  const by = { lessonId, personId: 't1', at: START };
  const FACTS: readonly [HostWord, RightsEvent][] = [
    [
      { type: 'PageTurned', page: '1.2' },
      { type: 'PageTurned', data: { ...by, page: '1.2' } },
    ],
    [
      { type: 'BoardLocked', page: null, state: 'locked' },
      { type: 'BoardLocked', data: { ...by, page: null, state: 'locked' } },
    ],
    [
      { type: 'BoardLocked', page: '1.2', state: 'locked' },
      { type: 'BoardLocked', data: { ...by, page: '1.2', state: 'locked' } },
    ],
    [
      { type: 'WritingChanged', studentId: null, writing: 'nobody' },
      { type: 'WritingChanged', data: { ...by, studentId: null, writing: 'nobody' } },
    ],
    [
      { type: 'WritingChanged', studentId: 's1', writing: 'given' },
      { type: 'WritingChanged', data: { ...by, studentId: 's1', writing: 'given' } },
    ],
    [
      { type: 'FollowingLocked', state: 'locked' },
      { type: 'FollowingLocked', data: { ...by, state: 'locked' } },
    ],
    [
      { type: 'BoardRevealed', studentId: 's1' },
      { type: 'BoardRevealed', data: { ...by, studentId: 's1' } },
    ],
    [
      { type: 'ChatClosed', state: 'closed' },
      { type: 'ChatClosed', data: { ...by, state: 'closed' } },
    ],
    [
      { type: 'ParticipantMuted', studentId: 's1', state: 'muted' },
      { type: 'ParticipantMuted', data: { ...by, studentId: 's1', state: 'muted' } },
    ],
    [
      { type: 'PrivateLinesChanged', state: 'off' },
      { type: 'PrivateLinesChanged', data: { ...by, state: 'off' } },
    ],
  ];

  it('LE31–LE32: each word of the tutor is a fact of its own, once', () => {
    for (const [word, fact] of FACTS) {
      const others = FACTS.map(([, other]) => other).filter((other) => other !== fact);
      given(live).when(said(word)).then([fact]);
      given([...live, ...others])
        .when(said(word))
        .then([fact]);
      given([...live, fact, ...others])
        .when(said(word))
        .then([]);
    }
    given([...live, ...FACTS.map(([, fact]) => fact)])
      .when(said({ type: 'BoardLocked', page: null, state: 'open' }))
      .then([{ type: 'BoardLocked', data: { ...by, page: null, state: 'open' } }]);
  });

  it('LE31: only of the tutor, about students with a seat, at a time that was', () => {
    const word: HostWord = { type: 'ChatClosed', state: 'closed' };
    given(live)
      .when(said(word, { personId: 's1' }))
      .then('not-the-host');
    given(live)
      .when(said({ type: 'BoardRevealed', studentId: 'x' }))
      .then('no-seat');
    given(live)
      .when(said(word, { at: START + 1 }))
      .then('in-the-future');
    given(live)
      .when(said(word, { at: START - HOUR }))
      .then('not-open-yet');
    given(over).when(said(word)).then('lesson-ended');
  });
});

it('a lecture of a hundred people for an hour is folded within a second', () => {
  const people = Array.from({ length: 100 }, (_, index) => `p${index}`);
  const history: LessonEvent[] = [...open, ...people.map((person) => joined(person, START))];
  for (let minute = 0; minute < 60; minute += 1)
    for (const person of people) history.push(worked(person, START + minute * MINUTE));
  const before = performance.now();
  const state = fold({ initial, evolve }, history);
  const decision = decide(end('time', END + 15 * MINUTE), state);
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(isRefusal(decision) ? [] : decision).toHaveLength(102);
});
