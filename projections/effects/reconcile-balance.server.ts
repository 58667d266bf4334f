/** Every day: our balance at the provider, and what tutors' accounts hold, against the provider's own. Rule RC7. */
import { lookFor } from './drift.server.ts';
import { MATCHED, TOLERATED_MS, type LineSettings } from './reconcile-lines.server.ts';

const PAGE = 100;
const MOST = 20_000;

/** The sums of both sides, each without what is young and so far on one side only. Lines older than `from` were never read. */
export async function compareBalance(settings: LineSettings, from: number): Promise<void> {
  const { db, clock } = settings;
  const now = clock.now();
  const look = lookFor(settings, 'balance', now);
  const [sum] = await db.query<{ ledger: number; facts: number; young: number; theirs: number; young_theirs: number }>(
    `SELECT
       (SELECT coalesce(sum(amount), 0)::int8 FROM read_model.ledger_entry WHERE class = 'psp:balance') AS ledger,
       coalesce(sum(m.ours), 0)::int8 AS facts,
       coalesce(sum(m.ours) FILTER (WHERE m.theirs IS NULL AND (m.at > $1 OR m.at < $2)), 0)::int8 AS young,
       coalesce(sum(m.theirs), 0)::int8 AS theirs,
       coalesce(sum(m.theirs) FILTER (WHERE m.ours IS NULL AND m.at > $1), 0)::int8 AS young_theirs
     FROM (${MATCHED}) m`,
    [Math.floor(now - TOLERATED_MS), from],
  );
  if (sum) {
    const about = { bookingId: null, class: 'amount' } as const;
    const ours = sum.ledger - sum.young;
    const theirs = sum.theirs - sum.young_theirs;
    if (ours !== theirs)
      await look.differs({
        ...about,
        subject: 'psp:balance',
        ours: String(ours),
        theirs: String(theirs),
        note: `Differs by ${theirs - ours} paise.`,
      });
    if (sum.ledger !== sum.facts)
      await look.differs({
        ...about,
        subject: 'psp:balance in our ledger',
        ours: String(sum.ledger),
        theirs: String(sum.facts),
        note: 'Our own ledger and our own facts do not agree.',
      });
  }
  await look.done();
}

/** False when it cannot be told now; then it is tried again. */
export async function compareHeld(settings: LineSettings): Promise<boolean> {
  const { db, gateway, clock } = settings;
  const look = lookFor(settings, 'held', clock.now());
  const theirs = new Map<string, number>();
  for (let skip = 0; skip < MOST; skip += PAGE) {
    const page = await gateway.transfers(skip);
    if (page.kind !== 'ok') return false;
    for (const { id, status, onHold, amount, amountReversed } of page.value)
      if (onHold && (status === 'processed' || status === 'partially_reversed'))
        theirs.set(id, amount - amountReversed);
    if (page.value.length < PAGE) break;
  }
  const ours = await db.query<{ transfer_id: string; left: number; moving: boolean; known: boolean }>(
    `SELECT p.transfer_id, (p.share - p.reversed)::int8 AS left,
       EXISTS (SELECT 1 FROM worker.outbound_call o WHERE o.booking_id = p.booking_id
                 AND o.state IN ('planned', 'sent', 'unknown')) AS moving,
       p.state NOT IN ('released', 'settled', 'reversed') AS known
     FROM read_model.payout p WHERE p.transfer_id IS NOT NULL`,
  );
  let sum = 0;
  for (const { transfer_id: id, left, moving, known } of ours)
    // Between a call and the note of its outcome either side may be ahead.
    if (moving) theirs.delete(id);
    else if (known) sum += left;
  const [arriving] = await db.query<{ calls: number }>(
    `SELECT count(*)::int4 AS calls FROM worker.outbound_call
     WHERE kind = 'create-transfer' AND state IN ('planned', 'sent', 'unknown')`,
  );
  const unknown = [...theirs.keys()].filter((id) => !ours.some((one) => one.transfer_id === id));
  if (unknown.length > 0 && (arriving?.calls ?? 0) > 0) return false;
  const held = [...theirs.values()].reduce((total, amount) => total + amount, 0);
  if (held !== sum)
    await look.differs({
      class: 'amount',
      subject: 'psp:linked:held',
      bookingId: null,
      ours: String(sum),
      theirs: String(held),
      note: unknown.length > 0 ? `Held there, and unknown here: ${unknown.slice(0, 5).join(', ')}` : '',
    });
  await look.done();
  return true;
}
