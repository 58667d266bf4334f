/** Every state of a calendar, as one booking sees it, with every command: what comes of it stands in the table. */
import { it } from 'vitest';
import { checkPairs } from '../shared/pairs.ts';
import { HOUR, START } from '../shared/times.ts';
import { decide, type CalendarCommand } from './decide.ts';
import { evolve, initial, type CalendarEvent } from './events.ts';
import * as of from './examples.ts';

const { group, held, LATER, move, moved, moveRefused, NOW, refused, released, seat, set, tutorId, windows } = of;
const decider = { initial, evolve, decide };
const off: CalendarEvent = { type: 'TimeOffAdded', data: { tutorId, from: LATER, to: LATER + HOUR } };
const b2 = { ...seat, bookingId: 'b2', studentId: 's2', lessonId: 'l2' };

const STATES: Readonly<Record<string, readonly CalendarEvent[]>> = {
  closed: [],
  open: [set],
  off: [set, off],
  held: [set, held()],
  'held-off': [set, held(), off],
  refused: [set, refused],
  released: [set, held(), released()],
  'others-there': [set, held(b2)],
  'others-where-it-goes': [set, held(), held({ ...b2, startsAt: LATER })],
  'in-a-group': [set, held(group), held({ ...group, bookingId: 'b2', studentId: 's2' })],
  moved: [set, held(), moved()],
  'move-refused': [set, held(), moveRefused('seat-taken')],
  'moved-released': [set, held(), moved(), released('b1', 'l9')],
};

type Asked = CalendarCommand['type'] | 'MoveSeat: too late';
const COMMANDS: Readonly<Record<Asked, CalendarCommand>> = {
  SetAvailability: { type: 'SetAvailability', data: { tutorId, zone: 'Asia/Kolkata', windows }, now: NOW },
  AddTimeOff: { type: 'AddTimeOff', data: { tutorId, from: LATER, to: LATER + HOUR }, now: NOW },
  RemoveTimeOff: { type: 'RemoveTimeOff', data: { tutorId, from: LATER, to: LATER + HOUR }, now: NOW },
  HoldSeat: { type: 'HoldSeat', data: seat, now: NOW },
  ReleaseSeat: { type: 'ReleaseSeat', data: { tutorId, bookingId: 'b1' }, now: NOW },
  MoveSeat: move(),
  'MoveSeat: too late': move({}, START),
};

const TABLE: Readonly<Record<Asked, Readonly<Record<string, string>>>> = {
  SetAvailability: {
    AvailabilitySet: 'closed',
    nothing:
      'open off held held-off refused released others-there others-where-it-goes in-a-group moved move-refused moved-released',
  },
  AddTimeOff: {
    TimeOffAdded:
      'closed open held refused released others-there others-where-it-goes in-a-group moved move-refused moved-released',
    nothing: 'off held-off',
  },
  RemoveTimeOff: {
    nothing:
      'closed open held refused released others-there others-where-it-goes in-a-group moved move-refused moved-released',
    TimeOffRemoved: 'off held-off',
  },
  HoldSeat: {
    SeatRefused: 'closed others-there',
    SeatHeld: 'open off',
    nothing: 'held held-off refused released others-where-it-goes in-a-group moved move-refused moved-released',
  },
  ReleaseSeat: {
    'no-seat': 'closed open off others-there',
    SeatReleased: 'held held-off others-where-it-goes in-a-group moved move-refused',
    nothing: 'refused released moved-released',
  },
  MoveSeat: {
    SeatMoveRefused: 'closed open off held-off refused released others-there others-where-it-goes in-a-group',
    SeatMoved: 'held',
    nothing: 'moved move-refused moved-released',
  },
  'MoveSeat: too late': {
    SeatMoveRefused: 'closed open off held held-off refused released others-there others-where-it-goes in-a-group',
    nothing: 'moved move-refused moved-released',
  },
};

it('BO41: every command in every state', () => {
  checkPairs(decider, STATES, COMMANDS, TABLE);
});
