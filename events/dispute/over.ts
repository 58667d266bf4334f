import { refuse, type Refusal } from '../shared/refusal.ts';

/** The answers of a dispute that is over. */
export const alreadyResolved = (): Refusal => refuse('already-resolved', 'This dispute is decided already.');
export const isWithdrawn = (): Refusal => refuse('withdrawn', 'This dispute was withdrawn.');
