import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/handling/registry.ts';
import { Unit } from '../runner/rows.ts';
import { fact } from '../testing/facts.ts';
import { people } from './project.ts';

/** The rows of all tables after these events, by table. */
function rowsAfter(...events: readonly AnyEvent[]): Record<string, unknown[]> {
  const rows = new Unit(() => null);
  for (const [index, event] of events.entries()) people.project(fact(event), rows, index + 1);
  return Object.fromEntries(
    people.tables.map((table) => [
      table.name,
      [...(rows.changed.get(table)?.values() ?? [])].filter((row) => row !== null),
    ]),
  );
}

const registered = (personId: string, role: 'student' | 'guardian'): AnyEvent => ({
  type: 'PersonRegistered',
  data: { personId, role, zone: 'Asia/Kolkata' },
});
const linked = (personId: string, guardianId: string): AnyEvent => ({
  type: 'GuardianLinked',
  data: { personId, guardianId },
});
const erased = (personId: string): AnyEvent => ({ type: 'PersonErased', data: { personId, at: 0 } });
const member = (personId: string, as: 'student' | 'admin'): AnyEvent => ({
  type: 'MemberAdded',
  data: { instituteId: 'i1', personId, as },
});

const BEFORE = [
  registered('child', 'student'),
  registered('sister', 'student'),
  registered('mother', 'guardian'),
  registered('father', 'guardian'),
  linked('child', 'mother'),
  linked('child', 'father'),
  linked('sister', 'mother'),
  member('child', 'student'),
];

const guardians = (rows: Record<string, unknown[]>): unknown => rows.guardian;

describe('an erased person', () => {
  it('RM9: of an erased child nobody is a guardian any more; the sister keeps hers', () => {
    const rows = rowsAfter(...BEFORE, erased('child'));
    expect(guardians(rows)).toEqual([{ person_id: 'sister', guardian_id: 'mother' }]);
    expect(rows.institute_member).toEqual([]);
    expect(JSON.stringify(rows.person)).not.toContain('child');
    expect(JSON.stringify(rows.person_role)).not.toContain('child');
  });

  it('RM9: an erased guardian acts for nobody; another one of the same child still does', () => {
    const rows = rowsAfter(...BEFORE, erased('mother'));
    expect(guardians(rows)).toEqual([{ person_id: 'child', guardian_id: 'father' }]);
    expect(rows.institute_member).toHaveLength(1);
  });
});
