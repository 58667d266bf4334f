/** Roles of a person in the product, and of a participant in a lesson (PRODUCT.md, "Who may do what"). */
export const ROLES = ['student', 'guardian', 'tutor', 'institute-admin', 'ops', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export const LESSON_ROLES = ['host', 'co-host', 'participant', 'observer'] as const;
export type LessonRole = (typeof LESSON_ROLES)[number];
