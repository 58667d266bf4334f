import type { Queries } from '#projections/queries.ts';
import type { Person } from '#app/server/services.ts';

export interface Pupil {
  readonly personId: string;
  /** Null for an account that has no name any more. */
  readonly name: string | null;
  readonly self: boolean;
}

/** For whom this person may book: themselves as a student, their children, their institute's students. */
export async function pupilsOf(
  queries: Pick<Queries, 'rolesOf' | 'namesOf' | 'institute'>,
  person: Person,
): Promise<readonly Pupil[]> {
  const self: Pupil[] = person.roles.includes('student')
    ? [{ personId: person.personId, name: person.name, self: true }]
    : [];
  const known = await queries.rolesOf(person.personId);
  const children = known?.children ?? [];
  const names = await queries.namesOf(children);
  const institutes = person.roles.includes('institute-admin')
    ? await Promise.all((known?.institutes ?? []).map((id) => queries.institute(id)))
    : [];
  return [
    ...self,
    ...children.map((personId) => ({ personId, name: names[personId] ?? null, self: false })),
    ...institutes
      .flatMap((institute) => institute?.members ?? [])
      .filter((member) => member.as === 'student')
      .map(({ personId, name }) => ({ personId, name, self: false })),
  ];
}
