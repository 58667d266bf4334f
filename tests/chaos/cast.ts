/** Who takes part in the chaos runs and in the month of business. */
export const TUTORS: readonly string[] = Array.from({ length: 4 }, (_, n) => `person-tutor-${n + 1}`);
export const STUDENTS: readonly string[] = Array.from({ length: 12 }, (_, n) => `person-student-${n + 1}`);
export const OPS = 'person-ops';
export const OPS2 = 'person-ops-two';

export const PEOPLE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(TUTORS.map((id, n) => [id, `Tutor ${n + 1}`])),
  [OPS]: 'Omar Khan',
  [OPS2]: 'Nila Bose',
  ...Object.fromEntries(STUDENTS.map((id, n) => [id, `Student ${n + 1}`])),
};

export const HOUR = 3_600_000;
export const PRICE = 80_000;
