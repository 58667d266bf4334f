/**
 * Captures `c` of bookings `b` that ended before they were paid and whose money nobody has asked back yet (SPEC SW4).
 * What a confirmed booking keeps after its cancellation is not among them, nor surplus, whose refund is in the log with it.
 */
export const LATE_MONEY = `
  FROM read_model.capture c JOIN read_model.booking b ON b.booking_id = c.booking_id
  WHERE NOT c.surplus
    AND (b.state IN ('expired', 'declined') OR (b.state = 'cancelled' AND b.confirmed_at IS NULL))
    AND c.lost < c.amount
    AND NOT EXISTS (SELECT 1 FROM read_model.refund r WHERE r.provider_payment_id = c.provider_payment_id)
    AND c.captured_at < $1`;
