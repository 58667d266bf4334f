import type { Database } from '#platform/database/database.ts';
import { BOOKING } from '../bookings/queries.server.ts';
import type { BookingRow, Queries } from '../queries.ts';

export function caseQueries(db: Database): Pick<Queries, 'cases'> {
  return {
    async cases({ text, state, limit = 50, offset = 0 }) {
      const where = ['true'];
      const params: unknown[] = [];
      if (state) {
        params.push(state);
        where.push(`b.state = $${params.length}`);
      }
      for (const word of (text ?? '').split(/\s+/).filter(Boolean).slice(0, 6)) {
        params.push(`%${word.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`);
        const param = `$${params.length}`;
        where.push(`(b.booking_id ILIKE ${param} OR b.subject ILIKE ${param} OR l.code ILIKE ${param}
          OR sn.name ILIKE ${param} OR tn.name ILIKE ${param} OR t.profile->>'name' ILIKE ${param}
          OR p.order_id ILIKE ${param}
          OR EXISTS (SELECT 1 FROM read_model.capture c WHERE c.booking_id = b.booking_id AND c.provider_payment_id ILIKE ${param}))`);
      }
      const all = `${BOOKING} WHERE ${where.join(' AND ')}`;
      const rows = await db.query<BookingRow>(
        `${all} ORDER BY b.requested_at DESC, b.booking_id
         LIMIT ${Math.min(Math.max(1, Math.trunc(limit)), 200)} OFFSET ${Math.max(0, Math.trunc(offset))}`,
        params,
      );
      const [count] = await db.query<{ total: number }>(`SELECT count(*)::int4 AS total FROM (${all}) found`, params);
      return { rows, total: count?.total ?? 0 };
    },
  };
}
