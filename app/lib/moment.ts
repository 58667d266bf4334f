/** A moment in one phrase with its zone: `today, 4:46 pm IST`, `Sat 21 Nov, 6:30 pm IST`. Instants are ms. */
import { formatClock, formatDay, zoneShort } from './ui/time.ts';

export interface Looking {
  readonly zone: string;
  readonly now: number;
}

export function moment(at: number, viewer: Looking): string {
  return `${formatDay(at, viewer.zone, viewer.now)}, ${clockWithZone(at, viewer.zone)}`;
}

/** The moment inside a sentence: `tomorrow, 4:46 pm IST`, but `on Sat 21 Nov, 6:30 pm IST`. */
export function onMoment(at: number, viewer: Looking): string {
  const words = moment(at, viewer);
  return /^[A-Z]/.test(words) ? `on ${words}` : words;
}

/** `4:46 pm IST`. */
export function clockWithZone(at: number, zone: string): string {
  return `${formatClock(at, zone)} ${zoneShort(at, zone)}`;
}

/** For the start of a sentence or a cell. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
