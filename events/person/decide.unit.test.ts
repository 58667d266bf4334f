import { describe, expect, it } from 'vitest';
import { specFor } from '../shared/given.ts';
import { canErase, type ErasureFacts } from './can-erase.ts';
import { decide } from './decide.ts';
import { evolve, initial, type PersonEvent } from './events.ts';

const given = specFor({ initial, evolve, decide });
const now = 1;
const registered: PersonEvent = {
  type: 'PersonRegistered',
  data: { personId: 'p1', role: 'student', zone: 'Asia/Kolkata' },
};

describe('RegisterPerson', () => {
  const register = (role: 'student' | 'tutor', zone = 'Asia/Kolkata') =>
    ({ type: 'RegisterPerson', data: { personId: 'p1', role, zone }, now }) as const;

  it('PE1: registers once', () => given([]).when(register('student')).then([registered]));
  it('PE1: again in the same role changes nothing, even from another zone', () =>
    given([registered]).when(register('student', 'Europe/Paris')).then([]));
  it('PE1: again in another role is refused', () =>
    given([registered]).when(register('tutor')).then('already-registered'));
  it('PE1: the zone must exist', () => given([]).when(register('student', 'Moon/Base')).then('zone-unknown'));
});

describe('roles, zone, guardians', () => {
  const grant = { type: 'GrantRole', data: { personId: 'p1', role: 'ops' }, now } as const;
  const granted: PersonEvent = { type: 'RoleGranted', data: { personId: 'p1', role: 'ops' } };
  const zone = (name: string) => ({ type: 'ChangeZone', data: { personId: 'p1', zone: name }, now }) as const;
  const link = (guardianId: string) => ({ type: 'LinkGuardian', data: { personId: 'p1', guardianId }, now }) as const;
  const linked: PersonEvent = { type: 'GuardianLinked', data: { personId: 'p1', guardianId: 'g1' } };

  it('PE2: grants a role once', () => {
    given([registered]).when(grant).then([granted]);
    given([registered, granted]).when(grant).then([]);
  });
  it('PE2: only to the registered', () => given([]).when(grant).then('not-registered'));
  it('PE3: changes the zone to a known one', () => {
    given([registered])
      .when(zone('Europe/Paris'))
      .then([{ type: 'ZoneChanged', data: { personId: 'p1', zone: 'Europe/Paris' } }]);
    given([registered]).when(zone('Asia/Kolkata')).then([]);
    given([registered]).when(zone('Moon/Base')).then('zone-unknown');
    given([]).when(zone('Europe/Paris')).then('not-registered');
  });
  it('PE4: links a guardian once', () => {
    given([registered]).when(link('g1')).then([linked]);
    given([registered, linked]).when(link('g1')).then([]);
  });
  it('PE4: nobody is their own guardian', () => given([registered]).when(link('p1')).then('own-guardian'));
  it('PE4: only students have guardians', () => {
    const tutor: PersonEvent = { type: 'PersonRegistered', data: { personId: 'p1', role: 'tutor', zone: 'UTC' } };
    given([tutor]).when(link('g1')).then('not-a-student');
    given([]).when(link('g1')).then('not-registered');
  });
});

describe('erasing', () => {
  const erase = { type: 'ErasePerson', data: { personId: 'p1' }, now } as const;
  const erased: PersonEvent = { type: 'PersonErased', data: { personId: 'p1', at: now } };

  it('PE6: erases once, and only the registered', () => {
    given([registered]).when(erase).then([erased]);
    given([registered, erased]).when(erase).then([]);
    given([]).when(erase).then('not-registered');
  });
  it.each([
    { type: 'RegisterPerson', data: { personId: 'p1', role: 'student', zone: 'UTC' }, now },
    { type: 'GrantRole', data: { personId: 'p1', role: 'tutor' }, now },
    { type: 'ChangeZone', data: { personId: 'p1', zone: 'UTC' }, now },
    { type: 'LinkGuardian', data: { personId: 'p1', guardianId: 'g1' }, now },
  ] as const)('PE6: nothing follows after it: $type', (command) => {
    given([registered, erased]).when(command).then('person-erased');
  });

  const nothing: ErasureFacts = {
    openBookings: 0,
    openPayouts: 0,
    openRefunds: 0,
    openCases: 0,
    owes: 0,
    children: 0,
    hasDuty: false,
  };
  it.each<[Partial<ErasureFacts>, string]>([
    [{ openBookings: 1 }, 'lessons-open'],
    [{ openCases: 1 }, 'case-open'],
    [{ openPayouts: 1 }, 'money-open'],
    [{ openRefunds: 1 }, 'money-open'],
    [{ owes: 1 }, 'debt-open'],
    [{ children: 1 }, 'still-guardian'],
    [{ hasDuty: true }, 'still-on-duty'],
  ])('PE7: nobody is erased while something is open: %j', (open, code) => {
    expect(canErase(nothing)).toBeNull();
    expect(canErase({ ...nothing, ...open })?.code).toBe(code);
  });
});
