import { change, table, type Projection } from '../runner/projection.ts';

const PERSON = table('person', { person_id: 'text', zone: 'text' }, { key: ['person_id'] });
const PERSON_ROLE = table('person_role', { person_id: 'text', role: 'text' }, { key: ['person_id', 'role'] });
const GUARDIAN = table(
  'guardian',
  { person_id: 'text', guardian_id: 'text' },
  { key: ['person_id', 'guardian_id'], indexes: { guardian_guardian: '(guardian_id)' } },
);
const INSTITUTE = table('institute', { institute_id: 'text', name: 'text' }, { key: ['institute_id'] });
const MEMBER = table(
  'institute_member',
  { institute_id: 'text', person_id: 'text', member_as: 'text' },
  { key: ['institute_id', 'person_id'], indexes: { institute_member_person: '(person_id)' } },
);

/** Roles, guardians and institutes (SPEC RM9). Names and addresses stay with the accounts. */
export const people: Projection = {
  name: 'people',
  tables: [PERSON, PERSON_ROLE, GUARDIAN, INSTITUTE, MEMBER],
  project(fact, rows) {
    switch (fact.type) {
      case 'PersonRegistered': {
        const { personId, zone, role } = fact.data;
        rows.put(PERSON, { person_id: personId, zone });
        return rows.put(PERSON_ROLE, { person_id: personId, role });
      }
      case 'RoleGranted':
        return rows.put(PERSON_ROLE, { person_id: fact.data.personId, role: fact.data.role });
      case 'ZoneChanged':
        return change(rows, PERSON, fact.data.personId, () => ({ zone: fact.data.zone }));
      case 'GuardianLinked':
        return rows.put(GUARDIAN, { person_id: fact.data.personId, guardian_id: fact.data.guardianId });
      case 'InstituteFounded':
        return rows.put(INSTITUTE, { institute_id: fact.data.instituteId, name: fact.data.name });
      case 'MemberAdded': {
        const { instituteId, personId, as } = fact.data;
        return rows.put(MEMBER, { institute_id: instituteId, person_id: personId, member_as: as });
      }
    }
  },
};
