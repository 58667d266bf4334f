/** Who may do what in a room (PRODUCT.md, "Who may do what"). Every handler names one of these first. */
import type { LessonRole } from '#events/access/roles.ts';

export const PERMISSIONS = ['join', 'receive-media', 'send-media', 'share-screen', 'stay'] as const;
export type Permission = (typeof PERMISSIONS)[number];

const GRANTED: Readonly<Record<LessonRole, readonly Permission[]>> = {
  host: ['join', 'receive-media', 'send-media', 'share-screen', 'stay'],
  'co-host': ['join', 'receive-media', 'send-media', 'share-screen', 'stay'],
  participant: ['join', 'receive-media', 'send-media', 'share-screen', 'stay'],
  observer: ['join', 'receive-media', 'stay'],
};

export const mayIn = (role: LessonRole, permission: Permission): boolean => GRANTED[role].includes(permission);
