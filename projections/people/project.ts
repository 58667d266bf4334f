import { statement, type Projection } from '../runner/projection.ts';

/** Roles, guardians and institutes (SPEC RM9). Names and addresses stay with the accounts. */
export const people: Projection = {
  name: 'people',
  schema: `
    CREATE TABLE read_model.person (
      person_id text PRIMARY KEY,
      zone text NOT NULL
    );
    CREATE TABLE read_model.person_role (
      person_id text NOT NULL,
      role text NOT NULL,
      PRIMARY KEY (person_id, role)
    );
    CREATE TABLE read_model.guardian (
      person_id text NOT NULL,
      guardian_id text NOT NULL,
      PRIMARY KEY (person_id, guardian_id)
    );
    CREATE INDEX guardian_guardian ON read_model.guardian (guardian_id);
    CREATE TABLE read_model.institute (
      institute_id text PRIMARY KEY,
      name text NOT NULL
    );
    CREATE TABLE read_model.institute_member (
      institute_id text NOT NULL,
      person_id text NOT NULL,
      member_as text NOT NULL,
      PRIMARY KEY (institute_id, person_id)
    );
    CREATE INDEX institute_member_person ON read_model.institute_member (person_id);
  `,
  tables: {
    person: 'person_id',
    person_role: 'person_id, role',
    guardian: 'person_id, guardian_id',
    institute: 'institute_id',
    institute_member: 'institute_id, person_id',
  },
  project(fact) {
    switch (fact.type) {
      case 'PersonRegistered':
        return [
          statement(
            `INSERT INTO read_model.person (person_id, zone) VALUES ($1, $2) ON CONFLICT (person_id) DO NOTHING`,
            fact.data.personId,
            fact.data.zone,
          ),
          statement(
            `INSERT INTO read_model.person_role (person_id, role) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
            fact.data.personId,
            fact.data.role,
          ),
        ];
      case 'RoleGranted':
        return [
          statement(
            `INSERT INTO read_model.person_role (person_id, role) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
            fact.data.personId,
            fact.data.role,
          ),
        ];
      case 'ZoneChanged':
        return [
          statement(`UPDATE read_model.person SET zone = $2 WHERE person_id = $1`, fact.data.personId, fact.data.zone),
        ];
      case 'GuardianLinked':
        return [
          statement(
            `INSERT INTO read_model.guardian (person_id, guardian_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
            fact.data.personId,
            fact.data.guardianId,
          ),
        ];
      case 'InstituteFounded':
        return [
          statement(
            `INSERT INTO read_model.institute (institute_id, name) VALUES ($1, $2)
             ON CONFLICT (institute_id) DO UPDATE SET name = excluded.name`,
            fact.data.instituteId,
            fact.data.name,
          ),
        ];
      case 'MemberAdded':
        return [
          statement(
            `INSERT INTO read_model.institute_member (institute_id, person_id, member_as) VALUES ($1, $2, $3)
             ON CONFLICT (institute_id, person_id) DO UPDATE SET member_as = excluded.member_as`,
            fact.data.instituteId,
            fact.data.personId,
            fact.data.as,
          ),
        ];
      default:
        return [];
    }
  },
};
