const DAY = 86_400_000;

/** How long a bank takes at most, in days, by the method that was paid with; the longest where it is not known. */
const DAYS: Readonly<Record<string, number>> = { card: 10, netbanking: 10, upi: 7, wallet: 7 };

/** When a refund that was asked for at `requestedAt` is with the payer at the latest, business ms. */
export const refundExpectedBy = (requestedAt: number, method: string | null): number =>
  requestedAt + (DAYS[method ?? ''] ?? 10) * DAY;
