import { createHash } from 'node:crypto';
import { accounts } from '../accounts/project.ts';
import { attendance } from '../attendance/project.ts';
import { bookings } from '../bookings/project.ts';
import { calendar } from '../calendar/project.ts';
import { chargebacks } from '../chargebacks/project.ts';
import { conversations } from '../conversations/project.ts';
import { disputes } from '../disputes/project.ts';
import { earnings } from '../earnings/project.ts';
import { ledger } from '../ledger/project.ts';
import { lessons } from '../lessons/project.ts';
import { looks } from '../looks/project.ts';
import { payments } from '../payments/project.ts';
import { people } from '../people/project.ts';
import { timeline } from '../timeline/project.ts';
import { tutors } from '../tutors/project.ts';
import type { Projection } from './projection.ts';
import { definitionOf } from './table.ts';

/** Each sees every fact; none sees the rows of another. */
export const PROJECTIONS: readonly Projection[] = [
  people,
  tutors,
  calendar,
  bookings,
  payments,
  earnings,
  lessons,
  attendance,
  disputes,
  chargebacks,
  accounts,
  timeline,
  ledger,
  conversations,
  looks,
];

/** Raise this when a projection writes other rows into the same tables: everything is then built anew at the next start. */
const CONTENT_VERSION = 3;

/** Changes when the tables change, and with CONTENT_VERSION. */
export const SHAPE: string = createHash('sha256')
  .update(JSON.stringify([CONTENT_VERSION, PROJECTIONS.map(({ name, tables }) => [name, ...tables.map(definitionOf)])]))
  .digest('hex');
