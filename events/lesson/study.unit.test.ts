import { describe, expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { specFor } from '../shared/given.ts';
import { POLICY_2026_11 } from '../shared/policy.ts';
import { HOUR, MINUTE, START } from '../shared/times.ts';
import { decide, type LessonCommand, type LessonCommandOf } from './decide.ts';
import { evolve, initial, type LessonEvent } from './events.ts';
import type { RoomWord } from './room.ts';
import { MOST_GUESTS, MOST_STUDY_SUBJECT, STUDY_RULES_2026_11 as rules } from './study.ts';

const decider = { initial, evolve, decide };
const given = specFor(decider);
const lessonId = 'l1';
const END = START + 3 * HOUR;

const opening: LessonCommandOf<'OpenStudyRoom'> = {
  type: 'OpenStudyRoom',
  data: { lessonId, code: 'nx-abc', hostId: 'h', subject: 'Calculus', rules, linkId: 'k1', tokenHash: 'h1' },
  now: START,
};
const opened: LessonEvent = {
  type: 'StudyRoomOpened',
  data: { lessonId, code: 'nx-abc', hostId: 'h', subject: 'Calculus', startsAt: START, rules },
};
const link = (n: number, at = START) => ({ lessonId, by: 'h', linkId: `k${n}`, tokenHash: `h${n}`, at });
const made = (n: number, at = START): LessonEvent => ({
  type: 'StudyLinkMade',
  data: { ...link(n, at), expiresAt: END },
});
const room = [opened, made(1)];
const followed = (personId: string, at = START): LessonEvent => ({
  type: 'StudyLinkFollowed',
  data: { lessonId, personId, linkId: 'k1', at },
});
const admitted = (personId: string, by = 'h'): LessonEvent => ({
  type: 'ParticipantAdmitted',
  data: { lessonId, by, at: START, personId },
});
const removed = (personId: string): LessonEvent => ({
  type: 'ParticipantRemoved',
  data: { lessonId, by: 'h', at: START, personId },
});
const joined = (personId: string, at = START): LessonEvent => ({
  type: 'ParticipantJoined',
  data: { lessonId, personId, role: personId === 'h' ? 'host' : 'participant', connectionId: `c-${personId}`, at },
});
const left = (personId: string, at: number, reason: 'left' | 'removed' | 'lesson-ended' = 'left'): LessonEvent => ({
  type: 'ParticipantLeft',
  data: { lessonId, personId, connectionId: `c-${personId}`, at, reason },
});
const started = (at = START): LessonEvent => ({ type: 'LessonStarted', data: { lessonId, at } });
const ended = (at: number, by: 'host' | 'time' | 'all-gone'): LessonEvent => ({
  type: 'LessonEnded',
  data: { lessonId, at, by },
});

const follow = (personId: string, tokenHash = 'h1', now = START): LessonCommand => ({
  type: 'FollowStudyLink',
  data: { lessonId, personId, tokenHash },
  now,
});
const join = (
  personId: string,
  now = START,
  role: 'host' | 'participant' | 'observer' = 'participant',
): LessonCommand => ({
  type: 'JoinLesson',
  data: { lessonId, personId, role: personId === 'h' ? 'host' : role, connectionId: `c-${personId}` },
  now,
});
const say = (word: RoomWord, by: string | null = 'h'): LessonCommand => ({
  type: 'NoteRoom',
  data: { lessonId, by, at: START, word },
  now: START,
});
const end = (by: 'host' | 'time' | 'all-gone' | 'no-tutor', now: number): LessonCommand => ({
  type: 'EndLesson',
  data: { lessonId, by, policy: POLICY_2026_11 },
  now,
});
const guest = (personId: string): readonly LessonEvent[] => [followed(personId), admitted(personId), joined(personId)];
/** The host and eleven more. */
const twelve = [...room, joined('h'), ...guest('g1'), started(), ...many(2, 11).flatMap(guest)];

function many(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `g${from + i}`);
}

describe('opening a study room', () => {
  it('ST1: opens at once, with its first link, under the rules of the day', () => {
    given([])
      .when(opening)
      .then([opened, made(1)]);
    expect(rules).toMatchObject({ minutes: 180, people: 12, allGoneMs: 10 * MINUTE });
  });

  it('ST1: what it is for may stay empty, and is no longer than 80 characters', () => {
    const called = (subject: string): LessonCommand => ({ ...opening, data: { ...opening.data, subject } });
    given([])
      .when(called('x'.repeat(MOST_STUDY_SUBJECT + 1)))
      .then('subject-invalid');
    given([]).when(called('half \ud83d')).then('subject-invalid');
    given([])
      .when(called('  '))
      .then([{ ...opened, data: { ...opened.data, subject: '' } } as LessonEvent, made(1)]);
  });

  it('ST2: opening again changes nothing for its host, whatever is in the form, and takes it from nobody else', () => {
    const again = { ...opening.data, subject: 'Other', linkId: 'k9', tokenHash: 'h9' };
    given([...room])
      .when({ ...opening, data: again, now: START + HOUR })
      .then([]);
    given([...room])
      .when({ ...opening, data: { ...again, hostId: 'x' } })
      .then('lesson-exists');
    given([...room, ended(START + HOUR, 'host')])
      .when(opening)
      .then('lesson-ended');
  });

  it('ST3: nobody books a seat there, and it is not cancelled', () => {
    given([...room])
      .when({ type: 'TakeSeat', data: { lessonId, bookingId: 'b1', studentId: 's1' }, now: START })
      .then('study-room');
    given([...room])
      .when({ type: 'CancelLesson', data: { lessonId, reason: 'x' }, now: START })
      .then('study-room');
  });
});

describe('the link of a study room', () => {
  it('ST4: only the host makes and stops links; a new one stops the one before', () => {
    const make = (by: string): LessonCommand => ({
      type: 'MakeStudyLink',
      data: { lessonId, by, linkId: 'k2', tokenHash: 'h2' },
      now: START + HOUR,
    });
    const revoked: LessonEvent = { type: 'StudyLinkRevoked', data: link(1, START + HOUR) };
    given([...room])
      .when(make('h'))
      .then([revoked, made(2, START + HOUR)]);
    given([...room, revoked, made(2)])
      .when(make('h'))
      .then([]);
    given([...room])
      .when(make('g1'))
      .then('not-the-host');
    given([...room])
      .when({ type: 'RevokeStudyLink', data: { lessonId, by: 'h' }, now: START + HOUR })
      .then([revoked]);
    given([...room])
      .when({ type: 'RevokeStudyLink', data: { lessonId, by: 'g1' }, now: START })
      .then('not-the-host');
    given([...room, revoked])
      .when(follow('g1'))
      .then('link-unknown');
    given([...room, revoked, made(2)])
      .when(follow('g1', 'h1'))
      .then('link-unknown');
    given([...room, revoked, made(2)])
      .when(follow('g1', 'h2'))
      .then([
        {
          type: 'StudyLinkFollowed',
          data: { lessonId, personId: 'g1', linkId: 'k2', at: START },
        },
      ]);
  });

  it('ST5: who follows it may stand at the door, once; the host needs no link', () => {
    given([...room])
      .when(follow('g1'))
      .then([followed('g1')]);
    given([...room, followed('g1')])
      .when(follow('g1'))
      .then([]);
    given([...room])
      .when(follow('h'))
      .then([]);
    given([...room])
      .when(follow('g1', 'guessed'))
      .then('link-unknown');
  });

  it('ST5: it ends with the room', () => {
    given([...room])
      .when(follow('g1', 'h1', END - 1))
      .then([followed('g1', END - 1)]);
    given([...room])
      .when(follow('g1', 'h1', END))
      .then('link-unknown');
    given([...room, ended(START + HOUR, 'host')])
      .when(follow('g1'))
      .then('lesson-ended');
  });

  it('ST6: a hundred people may stand at one door, and no more', () => {
    const crowd = many(1, MOST_GUESTS).map((personId) => followed(personId));
    given([...room, ...crowd.slice(1)])
      .when(follow('late'))
      .then([followed('late')]);
    given([...room, ...crowd])
      .when(follow('late'))
      .then('link-used-up');
  });
});

describe('the door of a study room', () => {
  it('ST7: a guest is in only once the host has let them in', () => {
    given([...room])
      .when(join('g1'))
      .then('not-let-in');
    given([...room, followed('g1')])
      .when(join('g1'))
      .then('not-let-in');
    given([...room, followed('g1'), admitted('g1')])
      .when(join('g1'))
      .then([joined('g1')]);
    given([...room, followed('g1')])
      .when(join('g1', START, 'observer'))
      .then('not-let-in');
    given([...room, followed('g1')])
      .when({ ...join('g1'), data: { lessonId, personId: 'g1', role: 'host', connectionId: 'c' } } as LessonCommand)
      .then('not-the-host');
  });

  it('ST7: only who has the link is let in, by a host', () => {
    const letIn = (personId: string): RoomWord => ({ type: 'ParticipantAdmitted', personId });
    given([...room])
      .when(say(letIn('g1')))
      .then('no-seat');
    given([...room, followed('g1')])
      .when(say(letIn('g1'), 'g1'))
      .then('not-the-host');
    given([...room, followed('g1')])
      .when(say(letIn('g1')))
      .then([admitted('g1')]);
  });

  it('ST7: who was let in comes back without asking again, also after they stood before a locked door', () => {
    const before = [...room, followed('g1'), admitted('g1')];
    given([...before, joined('g1'), left('g1', START + MINUTE)])
      .when(join('g1', START + HOUR))
      .then([joined('g1', START + HOUR)]);
    const locked: LessonEvent = {
      type: 'ParticipantTurnedAway',
      data: { lessonId, by: null, at: START, personId: 'g1' },
    };
    given([...before, locked])
      .when(join('g1'))
      .then([joined('g1')]);
  });

  it('ST7: who was taken out or turned away by the host is out, and no link helps, until the host lets them in', () => {
    const out = [...room, followed('g1'), admitted('g1'), removed('g1')];
    given([...out])
      .when(join('g1'))
      .then('removed');
    given([...out])
      .when(follow('g1'))
      .then([]);
    given([...out, admitted('g1')])
      .when(join('g1'))
      .then([joined('g1')]);
    const turned: LessonEvent = {
      type: 'ParticipantTurnedAway',
      data: { lessonId, by: 'h', at: START, personId: 'g1' },
    };
    given([...room, followed('g1'), admitted('g1'), turned])
      .when(join('g1'))
      .then('not-let-in');
  });

  it('ST8: twelve are in at a time, the host among them', () => {
    given([...twelve.slice(0, -1)])
      .when(join('g11'))
      .then([joined('g11')]);
    given([...twelve, followed('g12'), admitted('g12')])
      .when(join('g12'))
      .then('room-full');
    given([...twelve])
      .when(follow('g12'))
      .then('room-full');
    given([...twelve, left('g1', START + MINUTE), followed('g12'), admitted('g12')])
      .when(join('g12', START + HOUR))
      .then([joined('g12', START + HOUR)]);
  });

  it('ST8: who is in takes no second place, and what they come back with is not refused', () => {
    const second: LessonCommand = {
      type: 'JoinLesson',
      data: { lessonId, personId: 'g1', role: 'participant', connectionId: 'another' },
      now: START + HOUR,
    };
    expect(decide(second, fold(decider, twelve))).toMatchObject([{ type: 'ParticipantJoined' }]);
    // The twelfth place is the host's, who is never kept out of their own room.
    const crowd = [...room, ...many(1, 11).flatMap(guest)];
    given([...crowd, followed('g12'), admitted('g12')])
      .when(join('g12'))
      .then('room-full');
    given([...crowd])
      .when(join('h'))
      .then([joined('h'), started()]);
  });
});

describe('a study room while it runs', () => {
  it('ST9: begins when the host and one whom they let in are both there', () => {
    given([...room])
      .when(join('h'))
      .then([joined('h')]);
    given([...room, joined('h'), followed('g1'), admitted('g1')])
      .when(join('g1'))
      .then([joined('g1'), started()]);
  });

  it('ST9: host and co-host say what they say in any lesson, of who is in', () => {
    const coHost: RoomWord = { type: 'RoleChanged', personId: 'g1', role: 'co-host' };
    given([...room, followed('g1')])
      .when(say(coHost))
      .then('no-seat');
    given([...room, followed('g1'), admitted('g1')])
      .when(say(coHost))
      .then([{ type: 'RoleChanged', data: { lessonId, by: 'h', at: START, personId: 'g1', role: 'co-host' } }]);
    given([...room, followed('g1'), admitted('g1'), removed('g1')])
      .when(say(coHost))
      .then('no-seat');
    const muting: LessonCommand = {
      type: 'NoteRights',
      data: { lessonId, personId: 'h', at: START, word: { type: 'ParticipantMuted', studentId: 'g1', state: 'muted' } },
      now: START,
    };
    given([...room, followed('g1')])
      .when(muting)
      .then('no-seat');
    expect(decide(muting, fold(decider, [...room, followed('g1'), admitted('g1')]))).toHaveLength(1);
  });

  it('ST10: the host ends it at any time; nothing is decided about money', () => {
    given([...room])
      .when(end('host', START + MINUTE))
      .then([ended(START + MINUTE, 'host')]);
    given([...room, joined('h'), ...guest('g1'), started()])
      .when(end('host', START + HOUR))
      .then([
        left('h', START + HOUR, 'lesson-ended'),
        left('g1', START + HOUR, 'lesson-ended'),
        ended(START + HOUR, 'host'),
      ]);
  });

  it('ST10: after three hours it is over, to the minute, and a late timer makes it no longer', () => {
    given([...room])
      .when(end('time', END - 1))
      .then('not-due');
    given([...room])
      .when(end('time', END))
      .then([ended(END, 'time')]);
    given([...room])
      .when(end('time', END + HOUR))
      .then([ended(END, 'time')]);
    given([...room])
      .when(join('h', END - 1))
      .then([joined('h', END - 1)]);
    given([...room])
      .when(join('h', END))
      .then('lesson-ended');
  });

  it('ST10: ends when all have been gone for ten minutes, long before its three hours', () => {
    const gone = [...room, joined('h'), left('h', START + HOUR)];
    given([...gone])
      .when(end('all-gone', START + HOUR + 10 * MINUTE - 1))
      .then('not-due');
    given([...gone])
      .when(end('all-gone', START + 2 * HOUR))
      .then([ended(START + HOUR + 10 * MINUTE, 'all-gone')]);
    given([...gone, joined('h', START + HOUR + MINUTE)])
      .when(end('all-gone', START + 2 * HOUR))
      .then('someone-there');
  });

  it('ST10: nobody waits for a tutor there', () => {
    given([...room])
      .when(end('no-tutor', END))
      .then('not-due');
  });
});
