import { growingTable, type Projection } from '../runner/projection.ts';

const LOOK = growingTable(
  'look',
  {
    ordinal: 'int8',
    event_id: 'text',
    position: 'text',
    person_id: 'text',
    role: 'text',
    /** True: a copy was taken. False: it was looked at. */
    taken: 'boolean',
    /** Where it was seen, or what was taken. */
    what: 'text',
    booking_id: 'text null',
    at: 'int8',
  },
  {
    key: ['ordinal'],
    indexes: {
      look_booking: '(booking_id, ordinal) WHERE booking_id IS NOT NULL',
      look_person: '(person_id, ordinal)',
    },
  },
);

/** What ops and auditors looked at and took along (SPEC RM19). */
export const looks: Projection = {
  name: 'looks',
  tables: [LOOK],
  project(fact, rows, ordinal) {
    if (fact.type !== 'CaseLookedAt' && fact.type !== 'CopyTaken') return;
    const { personId, role, bookingId, at } = fact.data;
    rows.add(LOOK, {
      ordinal,
      event_id: fact.id,
      position: fact.position,
      person_id: personId,
      role,
      taken: fact.type === 'CopyTaken',
      what: fact.type === 'CopyTaken' ? fact.data.kind : fact.data.surface,
      booking_id: bookingId,
      at,
    });
  },
};
