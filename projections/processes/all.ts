import { bookLesson } from './book-lesson.ts';
import { handleChargeback } from './handle-chargeback.ts';
import { notifyAccount } from './notify-account.ts';
import { notifyAddressed } from './notify-addressed.ts';
import { notifyGroups } from './notify-groups.ts';
import { notify } from './notify.ts';
import { onboardTutor } from './onboard-tutor.ts';
import type { Process } from './process.ts';
import { refundPayment } from './refund-payment.ts';
import { releasePayout } from './release-payout.ts';
import { resolveDispute } from './resolve-dispute.ts';
import { runLesson } from './run-lesson.ts';

/** Lets processes with different states stand in one list: the state stays between a process and its own row. */
export interface AnyProcess {
  readonly name: string;
  run<R>(use: <State>(process: Process<State>) => R): R;
}

const any = <State>(process: Process<State>): AnyProcess => ({
  name: process.name,
  run: (use) => use(process),
});

/** In the order in which they see a fact: what a payer's bank took is known before anyone asks for a refund beside it. */
export const PROCESSES: readonly AnyProcess[] = [
  any(handleChargeback),
  any(bookLesson),
  any(refundPayment),
  any(releasePayout),
  any(resolveDispute),
  any(runLesson),
  any(onboardTutor),
  any(notify),
  any(notifyAccount),
  any(notifyGroups),
  any(notifyAddressed),
];
