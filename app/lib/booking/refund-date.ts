import { DAY, dayStart, wallTime } from '../ui/time.ts';

const BANK_DAYS = 7;

/** The last day by which a bank shows a refund that was sent at `at`: seven working days later, Monday to Friday. */
export function refundExpectedBy(at: number, zone: string): number {
  let day = dayStart(at, zone);
  for (let left = BANK_DAYS; left > 0;) {
    day = dayStart(day + DAY / 2, zone, 1);
    const { weekday } = wallTime(day, zone);
    if (weekday !== 0 && weekday !== 6) left -= 1;
  }
  return day;
}
