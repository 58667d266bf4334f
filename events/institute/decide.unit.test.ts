import { describe, it } from 'vitest';
import { specFor } from '../shared/given.ts';
import { decide } from './decide.ts';
import { evolve, initial, type InstituteEvent } from './events.ts';

const given = specFor({ initial, evolve, decide });
const now = 1;
const founded: InstituteEvent = { type: 'InstituteFounded', data: { instituteId: 'i1', name: 'Asha Academy' } };
const found = (name: string) => ({ type: 'FoundInstitute', data: { instituteId: 'i1', name }, now }) as const;
const add = (as: 'admin' | 'student') =>
  ({ type: 'AddMember', data: { instituteId: 'i1', personId: 'p1', as }, now }) as const;
const added: InstituteEvent = { type: 'MemberAdded', data: { instituteId: 'i1', personId: 'p1', as: 'student' } };

describe('institute', () => {
  it('IN1: is founded once', () => {
    given([]).when(found('Asha Academy')).then([founded]);
    given([founded]).when(found('Asha Academy')).then([]);
    given([founded]).when(found('Another')).then('institute-exists');
  });
  it('IN1: has a name', () => {
    given([]).when(found('  ')).then('name-invalid');
    given([])
      .when(found('x'.repeat(121)))
      .then('name-invalid');
  });
  it('IN2: takes each person once in a role', () => {
    given([founded]).when(add('student')).then([added]);
    given([founded, added]).when(add('student')).then([]);
    given([founded, added])
      .when(add('admin'))
      .then([{ type: 'MemberAdded', data: { instituteId: 'i1', personId: 'p1', as: 'admin' } }]);
  });
  it('IN2: nobody joins what was never founded', () => given([]).when(add('student')).then('institute-unknown'));
});
