/** The demo: invented people, made once on an empty log. */
import type { Role } from '#events/access/roles.ts';
import type { TutorProfile } from '#events/tutor/events.ts';

/** One password for all demo accounts; they exist only where payments are in the sandbox. */
export const DEMO_PASSWORD = 'nexused-demo';

export interface SeedPerson {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** Said beside the one-click button. */
  readonly does: string;
}

export const DEMO_PEOPLE: readonly SeedPerson[] = [
  { email: 'student@demo.test', name: 'Asha Menon', role: 'student', does: 'Finds a tutor, books, pays, learns' },
  { email: 'student2@demo.test', name: 'Rohan Gupta', role: 'student', does: 'A second student, for the last seat' },
  { email: 'tutor@demo.test', name: 'Kavita Rao', role: 'tutor', does: 'Teaches, sets her hours, sees what she earns' },
  { email: 'parent@demo.test', name: 'Lakshmi Menon', role: 'guardian', does: 'Acts for Asha: books, pays, follows' },
  { email: 'admin@demo.test', name: 'Farida Khan', role: 'institute-admin', does: 'Runs Sahyadri Learning Centre' },
  { email: 'ops@demo.test', name: 'Nikhil Shah', role: 'ops', does: 'Reads a case from its timeline' },
  { email: 'ops2@demo.test', name: 'Divya Pillai', role: 'ops', does: 'The second pair of eyes' },
  { email: 'auditor@demo.test', name: 'Suresh Iyer', role: 'auditor', does: 'Checks the books, changes nothing' },
];

export interface SeedTutor {
  readonly email: string;
  readonly profile: TutorProfile;
  /** Price of 60 minutes one-to-one, rupees. */
  readonly hour: number;
  /** Shorter or longer one-to-one lessons besides the hour. */
  readonly extra: 30 | 45 | 90 | null;
  /** A group lesson: seats and price a seat in rupees. */
  readonly group: {
    readonly title: string;
    readonly seats: number;
    readonly rupees: number;
    readonly weekday: 0 | 3 | 6;
    readonly from: string;
  } | null;
  readonly mode: 'instant' | 'accept';
  /** Weekdays (0 = Sunday) and hours in Indian time. */
  readonly hours: readonly {
    readonly days: readonly (0 | 1 | 2 | 3 | 4 | 5 | 6)[];
    readonly from: string;
    readonly to: string;
  }[];
  /** [reviewer index, rating, text] */
  readonly reviews: readonly (readonly [number, number, string])[];
}

export const REVIEWERS = [
  'Aarav Deshmukh',
  'Ishita Banerjee',
  'Manav Reddy',
  'Sneha Kulkarni',
  'Zoya Sheikh',
  'Pranav Nair',
  'Tanvi Joshi',
  'Harsh Agarwal',
  'Meher Kaur',
  'Aditya Rao',
] as const;

/** For the sign-in page. */
export const demoAccounts = (): readonly SeedPerson[] => DEMO_PEOPLE;
