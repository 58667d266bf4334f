/** When pictures are given up for the sake of the voices, and when they come back. Pure. */
import type { Link } from '#sfu/signalling/protocol.ts';
import { SAVINGS, type Saving } from './layers.ts';

export interface SavingState {
  readonly saving: Saving;
  /** What the person chose; by itself it never becomes more than that. */
  readonly chosen: Saving;
  /** Readings in a row. */
  readonly weak: number;
  readonly good: number;
  /** So many good readings before more is tried again; grows with each time that it did not hold. */
  readonly patience: number;
  /** So many weak ones before less is taken. */
  readonly endurance: number;
}

export interface SavingReading {
  readonly link: Link;
  /** Of the packets since the last reading, 0 to 1. */
  readonly loss: number;
}

/** Readings are five seconds apart. */
const WEAK = 3;
/** Who said that they want all pictures is not overruled at once. */
const WEAK_AFTER_CHOICE = 12;
const GOOD = 6;
const MOST_PATIENCE = 96;
/** Far away is no reason to give up every picture; packets that are lost are. */
const LOSSY = 0.05;

export const PLENTY: SavingState = {
  saving: 'none',
  chosen: 'none',
  weak: 0,
  good: 0,
  patience: GOOD,
  endurance: WEAK,
};

export const choose = (state: SavingState, chosen: Saving): SavingState => ({
  ...PLENTY,
  saving: chosen,
  chosen,
  patience: state.patience,
  endurance: chosen === 'none' ? WEAK_AFTER_CHOICE : WEAK,
});

/** All pictures, small ones, none, and all again. */
export const after = (saving: Saving): Saving => SAVINGS[(SAVINGS.indexOf(saving) + 1) % SAVINGS.length] ?? 'none';

export function read(state: SavingState, { link, loss }: SavingReading): SavingState {
  if (link === 'lost') return { ...state, weak: 0, good: 0 };
  const [weak, good] = link === 'weak' ? [state.weak + 1, 0] : [0, state.good + 1];
  const place = SAVINGS.indexOf(state.saving);
  const less = SAVINGS[place + 1];
  if (weak >= state.endurance && less !== undefined && (less === 'small' || loss > LOSSY)) {
    const patience = Math.min(MOST_PATIENCE, state.patience * 2);
    return { ...state, saving: less, weak: 0, good: 0, patience, endurance: WEAK };
  }
  const more = SAVINGS[place - 1];
  if (good >= state.patience && more !== undefined && place > SAVINGS.indexOf(state.chosen))
    return { ...state, saving: more, weak: 0, good: 0 };
  return { ...state, weak, good };
}
