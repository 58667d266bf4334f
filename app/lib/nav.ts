import type { Role } from '#events/access/roles.ts';
import type { Messages } from './messages/index.ts';

export type NavIcon =
  | 'home'
  | 'find'
  | 'bookings'
  | 'payments'
  | 'progress'
  | 'study'
  | 'calendar'
  | 'students'
  | 'earnings'
  | 'profile'
  | 'institute'
  | 'ops'
  | 'audit';

export interface NavItem {
  readonly icon: NavIcon;
  readonly href: string;
  readonly label: string;
}

/** The places of a signed-in person, by their roles; on phones the first five are the tab bar. */
export function navFor(roles: readonly Role[], words: Messages['common']['nav']): readonly NavItem[] {
  const learns = roles.includes('student') || roles.includes('guardian');
  const teaches = roles.includes('tutor');
  const items: NavItem[] = [];
  if (learns || teaches || roles.length === 0) items.push({ icon: 'home', href: '/home', label: words.home });
  if (learns) {
    items.push(
      { icon: 'find', href: '/tutors', label: words.find },
      { icon: 'bookings', href: '/bookings', label: words.bookings },
      { icon: 'payments', href: '/payments', label: words.payments },
      { icon: 'progress', href: '/progress', label: words.progress },
    );
  }
  if (roles.includes('student')) items.push({ icon: 'study', href: '/study', label: words.study });
  if (teaches) {
    items.push(
      { icon: 'calendar', href: '/tutor/calendar', label: words.calendar },
      { icon: 'students', href: '/tutor/students', label: words.students },
      { icon: 'earnings', href: '/tutor/earnings', label: words.earnings },
      { icon: 'profile', href: '/tutor/profile', label: words.profile },
    );
  }
  if (roles.includes('institute-admin')) items.push({ icon: 'institute', href: '/institute', label: words.institute });
  if (roles.includes('ops')) items.push({ icon: 'ops', href: '/ops', label: words.ops });
  if (roles.includes('auditor')) items.push({ icon: 'audit', href: '/audit', label: words.audit });
  return items;
}

/** Pages that belong to an item with another address: a tutor finds their bookings in the calendar. */
const ELSEWHERE: readonly (readonly [path: string, icon: NavIcon])[] = [
  ['/tutor/payouts', 'earnings'],
  ['/bookings', 'calendar'],
  ['/book', 'find'],
  ['/audit/rehearsal', 'ops'],
];

const holds = (place: string, path: string): boolean => path === place || path.startsWith(`${place}/`);

/** The item whose place holds this path. */
export function currentItem(items: readonly NavItem[], path: string): NavItem | undefined {
  const elsewhere = ELSEWHERE.find(([place]) => holds(place, path));
  return items.find((item) => holds(item.href, path)) ?? items.find((item) => item.icon === elsewhere?.[1]);
}
