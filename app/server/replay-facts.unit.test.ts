import { describe, expect, it } from 'vitest';
import { chaptersOf, missedBy, revealsOf } from './replay-facts.ts';

const T = Date.UTC(2026, 10, 21, 13, 0, 0);
const MIN = 60_000;
const fact = (type: string, minute: number, data: object = {}) => ({ type, data: { at: T + minute * MIN, ...data } });
const joined = (minute: number, personId: string, connectionId = `${personId}-1`) =>
  fact('ParticipantJoined', minute, { personId, connectionId });
const left = (minute: number, personId: string, connectionId = `${personId}-1`, reason = 'left') =>
  fact('ParticipantLeft', minute, { personId, connectionId, reason });

describe('chapters', () => {
  it('are who came and went, the start and the end', () => {
    const facts = [
      joined(-2, 'tutor'),
      joined(1, 'asha'),
      fact('LessonStarted', 1),
      left(20, 'asha'),
      joined(30, 'asha', 'b'),
    ];
    const all = [...facts, fact('LessonEnded', 60), left(60, 'tutor', 'tutor-1', 'lesson-ended')];
    expect(chaptersOf(all).map(({ kind, personId }) => [kind, personId])).toEqual([
      ['joined', 'tutor'],
      ['joined', 'asha'],
      ['started', null],
      ['left', 'asha'],
      ['joined', 'asha'],
      ['ended', null],
    ]);
  });

  it('say nothing of a reload, nor of a second connection', () => {
    const facts = [
      joined(0, 'asha'),
      joined(5, 'asha', 'b'),
      left(6, 'asha'),
      left(9, 'asha', 'b'),
      joined(9.1, 'asha', 'c'),
    ];
    expect(chaptersOf(facts)).toEqual([{ at: T, kind: 'joined', personId: 'asha', page: null }]);
  });

  it('are also what the host said to all: pages, locks, reveals', () => {
    const facts = [
      fact('PageTurned', 3, { personId: 'tutor', page: '1.2' }),
      fact('BoardLocked', 4, { personId: 'tutor', page: null, state: 'locked' }),
      fact('BoardRevealed', 5, { personId: 'tutor', studentId: 'asha' }),
      fact('BoardRevealed', 6, { personId: 'tutor', studentId: null }),
      fact('ChatClosed', 7, { personId: 'tutor', state: 'closed' }),
    ];
    expect(chaptersOf(facts).map(({ kind, personId, page }) => [kind, personId, page])).toEqual([
      ['page-turned', null, '1.2'],
      ['board-locked', null, null],
      ['revealed', 'asha', null],
      ['hidden', null, null],
      ['chat-closed', null, null],
    ]);
  });

  it('pass over facts that they do not know', () => {
    expect(chaptersOf([fact('MediaStarted', 1), { type: 'LessonScheduled', data: {} }])).toEqual([]);
  });
});

describe('reveals', () => {
  const reveal = (minute: number, studentId: string | null) => fact('BoardRevealed', minute, { studentId });

  it('last until another board is shown, none is, or the lesson ends', () => {
    const facts = [reveal(1, 'asha'), reveal(2, 'rohan'), reveal(4, null), reveal(6, 'asha'), fact('LessonEnded', 9)];
    expect(revealsOf(facts)).toEqual(
      new Map([
        [
          'asha',
          [
            { from: T + MIN, to: T + 2 * MIN },
            { from: T + 6 * MIN, to: T + 9 * MIN },
          ],
        ],
        ['rohan', [{ from: T + 2 * MIN, to: T + 4 * MIN }]],
      ]),
    );
  });

  it('go on while nobody ended them', () => {
    expect(revealsOf([reveal(1, 'asha')])).toEqual(new Map([['asha', [{ from: T + MIN, to: Infinity }]]]));
  });
});

describe('what somebody missed', () => {
  const scheduled = { type: 'LessonScheduled', data: { startsAt: T } };
  const start = fact('LessonStarted', 0);

  it('is from the start for who came late, and from their leaving for who came back', () => {
    expect(missedBy('asha', [joined(0, 'tutor'), start, joined(20, 'asha')])).toEqual({ from: T, to: T + 20 * MIN });
    const early = [scheduled, joined(-10, 'tutor'), joined(3, 'asha')];
    expect(missedBy('asha', early)).toEqual({ from: T, to: T + 3 * MIN });
    const back = [joined(0, 'asha'), start, left(10, 'asha'), joined(25, 'asha', 'b')];
    expect(missedBy('asha', back)).toEqual({ from: T + 10 * MIN, to: T + 25 * MIN });
  });

  it('is nothing for who was there all the time, on whatever connection, or reloaded the page', () => {
    expect(missedBy('asha', [joined(-5, 'asha'), start])).toBeNull();
    expect(
      missedBy('asha', [joined(-5, 'asha'), start, joined(5, 'asha', 'b'), left(6, 'asha'), joined(9, 'asha', 'c')]),
    ).toBeNull();
    expect(missedBy('asha', [joined(-5, 'asha'), start, left(5, 'asha'), joined(5.1, 'asha', 'b')])).toBeNull();
    expect(missedBy('asha', [scheduled, joined(-10, 'tutor'), joined(-1, 'asha')])).toBeNull();
    expect(missedBy('tutor', [scheduled, joined(2, 'tutor'), start])).toBeNull();
    expect(missedBy('rohan', [joined(-5, 'asha'), start])).toBeNull();
  });
});
