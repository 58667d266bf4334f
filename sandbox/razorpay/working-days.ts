const DAY_MS = 86_400_000;
/** India has one zone and no summer time. */
const IST_MS = 5.5 * 3_600_000;
const SETTLEMENT_HOUR_MS = 10 * 3_600_000;

/** Banks close on Sundays and on the second and fourth Saturday. Public holidays are not modelled. */
export function isWorkingDay(at: number): boolean {
  const local = new Date(at + IST_MS);
  const weekday = local.getUTCDay();
  if (weekday === 0) return false;
  const saturdayOfMonth = Math.ceil(local.getUTCDate() / 7);
  return !(weekday === 6 && (saturdayOfMonth === 2 || saturdayOfMonth === 4));
}

/** 10:00 in India on the `count`-th working day after the day of `at`; instants in ms. */
export function workingDaysAfter(at: number, count: number): number {
  let midnight = Math.floor((at + IST_MS) / DAY_MS) * DAY_MS - IST_MS;
  for (let left = count; left > 0;) {
    midnight += DAY_MS;
    if (isWorkingDay(midnight)) left -= 1;
  }
  return midnight + SETTLEMENT_HOUR_MS;
}
