import CalendarCheck from '@lucide/svelte/icons/calendar-check';
import CalendarDays from '@lucide/svelte/icons/calendar-days';
import IndianRupee from '@lucide/svelte/icons/indian-rupee';
import Landmark from '@lucide/svelte/icons/landmark';
import Mail from '@lucide/svelte/icons/mail';
import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left';
import Presentation from '@lucide/svelte/icons/presentation';
import Scale from '@lucide/svelte/icons/scale';
import Undo2 from '@lucide/svelte/icons/undo-2';
import UserRound from '@lucide/svelte/icons/user-round';
import type { CaseLane } from './items.ts';

export type IconOf = Readonly<Record<CaseLane, typeof CalendarCheck>>;

/** The icon of each lane of a case. */
export const LANE_ICONS: IconOf = {
  booking: CalendarCheck,
  calendar: CalendarDays,
  payment: IndianRupee,
  payout: Landmark,
  lesson: Presentation,
  dispute: Scale,
  chargeback: Undo2,
  tutor: UserRound,
  call: ArrowRightLeft,
  mail: Mail,
};
