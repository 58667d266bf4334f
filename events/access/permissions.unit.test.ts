import { describe, expect, it } from 'vitest';
import * as may from './permissions.ts';
import { LESSON_ROLES, ROLES } from './roles.ts';

const viewer = (personId: string, change: Partial<may.Viewer> = {}): may.Viewer => ({
  personId,
  roles: ['student'],
  children: [],
  institutes: [],
  ...change,
});
const student = viewer('s1');
const other = viewer('s2');
const guardian = viewer('g1', { roles: ['guardian'], children: ['s1'] });
const tutor = viewer('t1', { roles: ['tutor'] });
const otherTutor = viewer('t2', { roles: ['tutor'] });
const admin = viewer('a1', { roles: ['institute-admin'], institutes: ['i1'] });
const otherAdmin = viewer('a2', { roles: ['institute-admin'], institutes: ['i2'] });
const ops = viewer('o1', { roles: ['ops'] });
const auditor = viewer('u1', { roles: ['auditor'] });
const everyone = { student, other, guardian, tutor, otherTutor, admin, otherAdmin, ops, auditor };
const booking: may.BookingParties = { tutorId: 't1', studentId: 's1', bookedBy: 's1', institutes: ['i1'] };
const lesson: may.LessonParties = {
  tutorId: 't1',
  students: [{ studentId: 's1', institutes: ['i1'] }],
  admitted: [],
  openDispute: false,
};
/** The names of those for whom `rule` says yes. */
const who = (rule: (one: may.Viewer) => boolean): readonly string[] =>
  Object.entries(everyone)
    .filter(([, one]) => rule(one))
    .map(([name]) => name);

describe('bookings', () => {
  it('AC1: student, guardian and the institute’s admin book and pay', () => {
    expect(who((one) => may.mayBookFor(one, booking))).toEqual(['student', 'guardian', 'admin']);
    expect(who((one) => may.mayPay(one, booking))).toEqual(['student', 'guardian', 'admin']);
    expect(who((one) => may.mayOpenDispute(one, booking))).toEqual(['student', 'guardian', 'admin']);
  });
  it('AC1: a role that was not granted does not count', () => {
    expect(may.mayBookFor({ ...guardian, roles: ['student'] }, booking)).toBe(false);
    expect(may.mayBookFor({ ...admin, roles: ['tutor'] }, booking)).toBe(false);
    expect(may.mayBookFor({ ...student, roles: [] }, booking)).toBe(false);
  });
  it('AC2: strangers become student, guardian or tutor only', () =>
    expect(ROLES.filter(may.mayRegisterAs)).toEqual(['student', 'guardian', 'tutor']));
  it('AC3: the tutor answers and edits their own', () => {
    expect(who((one) => may.mayAnswerRequest(one, booking))).toEqual(['tutor']);
    expect(who((one) => may.mayEditTutor(one, 't1'))).toEqual(['tutor']);
  });
  it('AC4: cancels for the side one is on', () => {
    expect(may.mayCancel(tutor, booking)).toBe('tutor');
    for (const one of [student, guardian, admin]) expect(may.mayCancel(one, booking)).toBe('student');
    for (const one of [other, otherTutor, otherAdmin, ops, auditor]) expect(may.mayCancel(one, booking)).toBeNull();
  });
  it('AC5: reviews what was taught', () => {
    expect(who((one) => may.mayReview(one, booking, true))).toEqual(['student', 'guardian', 'admin']);
    expect(who((one) => may.mayReview(one, booking, false))).toEqual([]);
  });
  it('AC6: ops decide, but not a case of their own', () => {
    expect(who((one) => may.mayDecideCase(one, booking))).toEqual(['ops']);
    expect(may.mayDecideCase({ ...ops, personId: 's1' }, booking)).toBe(false);
    expect(may.mayDecideCase({ ...ops, personId: 't1' }, booking)).toBe(false);
  });
  it('AC7: who sees booking and timeline', () => {
    const seen = ['student', 'guardian', 'tutor', 'admin', 'ops', 'auditor'];
    expect(who((one) => may.maySeeBooking(one, booking))).toEqual(seen);
    expect(who((one) => may.maySeeTimeline(one, booking))).toEqual(seen);
  });
  it('AC8: who sees money', () => {
    expect(who((one) => may.maySeePayment(one, booking))).toEqual(['student', 'guardian', 'admin', 'ops', 'auditor']);
    expect(who((one) => may.maySeeEarnings(one, 't1'))).toEqual(['tutor', 'ops', 'auditor']);
    expect(who(may.maySeeOps)).toEqual(['ops']);
    expect(who(may.maySeeAudit)).toEqual(['auditor']);
    expect(who((one) => may.maySeeInstitute(one, 'i1'))).toEqual(['admin', 'ops', 'auditor']);
  });
});

describe('the classroom', () => {
  const roles = (change: Partial<may.LessonParties> = {}) =>
    Object.fromEntries(
      Object.entries(everyone).map(([name, one]) => [name, may.mayJoin(one, { ...lesson, ...change })]),
    );
  it('AC9: who joins as what', () =>
    expect(roles()).toEqual({
      student: 'participant',
      other: null,
      guardian: null,
      tutor: 'host',
      otherTutor: null,
      admin: 'observer',
      otherAdmin: null,
      ops: null,
      auditor: null,
    }));
  it('AC9: ops only with an open dispute, auditors never', () => {
    expect(roles({ openDispute: true })).toMatchObject({ ops: 'observer', auditor: null });
  });
  it('AC10: a guardian sees the page, and joins when let in', () => {
    expect(roles({ admitted: ['g1'] })).toMatchObject({ guardian: 'participant' });
    expect(who((one) => may.maySeeLesson(one, lesson))).toEqual([
      'student',
      'guardian',
      'tutor',
      'admin',
      'ops',
      'auditor',
    ]);
  });
  it('AC11: what hosts may', () => {
    expect(LESSON_ROLES.filter(may.mayEndLesson)).toEqual(['host']);
    for (const rule of [may.mayRemove, may.mayMuteOthers, may.mayAdmit])
      expect(LESSON_ROLES.filter(rule)).toEqual(['host', 'co-host']);
  });
  it('AC12: an observer only watches', () => {
    for (const rule of [may.mayDraw, may.mayErase, may.mayChat, may.maySendMedia, may.mayShareScreen])
      expect(LESSON_ROLES.filter(rule)).toEqual(['host', 'co-host', 'participant']);
  });
});
