import { ROLES } from '#events/access/roles.ts';
import { change, json, table, type Projection, type Rows } from '../runner/projection.ts';

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
/** To whom and to which institutes somebody is linked, so that an erasure finds the rows. */
const LINKS = table('person_link', { person_id: 'text', links: 'jsonb' }, { key: ['person_id'] });

/** Keys of GUARDIAN (student, guardian) and of MEMBER (institute, person). */
type Link = readonly [kind: 'guardian' | 'member', one: string, other: string];

function linksOf(rows: Rows, personId: string): readonly Link[] {
  const row = rows.get(LINKS, personId);
  const links: readonly Link[] = row === null ? [] : JSON.parse(row.links);
  return links;
}

function link(rows: Rows, personId: string, to: Link): void {
  const others = linksOf(rows, personId).filter((known) => known.join() !== to.join());
  rows.put(LINKS, { person_id: personId, links: json([...others, to]) });
}

/** An erased person acts for nobody, and nobody for them. */
function erased(rows: Rows, personId: string): void {
  for (const [kind, one, other] of linksOf(rows, personId))
    if (kind === 'guardian') rows.remove(GUARDIAN, one, other);
    else rows.remove(MEMBER, one, other);
  for (const role of ROLES) rows.remove(PERSON_ROLE, personId, role);
  rows.remove(LINKS, personId);
  rows.remove(PERSON, personId);
}

/** Roles, guardians and institutes (SPEC RM9). Names and addresses stay with the accounts. */
export const people: Projection = {
  name: 'people',
  tables: [PERSON, PERSON_ROLE, GUARDIAN, INSTITUTE, MEMBER, LINKS],
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
      case 'GuardianLinked': {
        const { personId, guardianId } = fact.data;
        for (const id of [personId, guardianId]) link(rows, id, ['guardian', personId, guardianId]);
        return rows.put(GUARDIAN, { person_id: personId, guardian_id: guardianId });
      }
      case 'PersonErased':
        return erased(rows, fact.data.personId);
      case 'InstituteFounded':
        return rows.put(INSTITUTE, { institute_id: fact.data.instituteId, name: fact.data.name });
      case 'MemberAdded': {
        const { instituteId, personId, as } = fact.data;
        link(rows, personId, ['member', instituteId, personId]);
        return rows.put(MEMBER, { institute_id: instituteId, person_id: personId, member_as: as });
      }
    }
  },
};
