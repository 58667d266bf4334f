/** Who may do what in a room (PRODUCT.md, "Who may do what"). Every handler names one of these first. */
import type { LessonRole } from '#events/access/roles.ts';

const ATTENDING = ['join', 'receive-media', 'stay'] as const;
const TAKING_PART = ['send-media', 'share-screen', 'raise-hand', 'react'] as const;
const MODERATING = ['admit', 'manage-room', 'quieten', 'remove', 'lower-hands'] as const;
export const PERMISSIONS = [...ATTENDING, ...TAKING_PART, ...MODERATING, 'promote'] as const;
export type Permission = (typeof PERMISSIONS)[number];

const GRANTED: Readonly<Record<LessonRole, readonly Permission[]>> = {
  host: PERMISSIONS,
  'co-host': [...ATTENDING, ...TAKING_PART, ...MODERATING],
  participant: [...ATTENDING, ...TAKING_PART],
  observer: ATTENDING,
};

export const mayIn = (role: LessonRole, permission: Permission): boolean => GRANTED[role].includes(permission);

const RANK: Readonly<Record<LessonRole, number>> = { host: 2, 'co-host': 1, participant: 0, observer: 0 };

/** Nobody is muted, stopped or taken out by who stands no higher than they do. */
export const outranks = (role: LessonRole, other: LessonRole): boolean => RANK[role] > RANK[other];
