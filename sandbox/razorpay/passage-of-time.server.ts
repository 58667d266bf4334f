/** What happens at the provider without anybody asking. */
import { finishReview } from './accounts/onboarding.server.ts';
import { failPayment, findPayment, finishPayment } from './payments.server.ts';
import { FAILURES } from './checkout/failures.ts';
import { endSilentDisputes } from './disputes/disputes.server.ts';
import { returnUncaptured } from './refunds.server.ts';
import { runSettlement } from './settlements.server.ts';
import { liftExpiredHolds, processTransfer } from './transfers.server.ts';
import type { World } from './world.server.ts';

const NO_ANSWER_S = 10 * 60;
const UNCAPTURED_S = 3 * 86_400;
const JOBS_EVERY_MS = 50;
const SWEEP_EVERY_MS = 5_000;

/** Finishes what is due by the wall clock: transfers under way, UPI requests that the payer has answered. */
export function finishJobs(world: World): void {
  for (let more = true; more;) {
    more = world.database.transaction(() => {
      const job = world.jobs.takeDue();
      if (job?.kind === 'process-transfer') processTransfer(world, job.entityId);
      if (job?.kind === 'finish-payment') finishPayment(world, findPayment(world, job.entityId));
      if (job?.kind === 'review-account') finishReview(world, job.entityId);
      return job !== undefined;
    });
  }
}

/** Does everything that the provider's clock has made due. Runs every few seconds, and at once when the clock moves. */
export function sweep(world: World): void {
  finishJobs(world);
  world.database.transaction(() => {
    const now = world.clock.seconds();
    for (const payment of world.payments.waiting()) {
      const { authorized_at: authorizedAt } = payment.internal;
      if (payment.status === 'created' && payment.created_at + NO_ANSWER_S <= now) {
        failPayment(world, payment, FAILURES.payment_timed_out);
      } else if (payment.status === 'authorized' && authorizedAt !== null && authorizedAt + UNCAPTURED_S <= now) {
        returnUncaptured(world, payment);
      }
    }
    liftExpiredHolds(world);
    endSilentDisputes(world);
    runSettlement(world, { everything: false });
  });
}

/** Returns the way to stop. */
export function startTime(world: World): () => void {
  const jobs = setInterval(() => finishJobs(world), JOBS_EVERY_MS);
  const sweeps = setInterval(() => sweep(world), SWEEP_EVERY_MS);
  return () => {
    clearInterval(jobs);
    clearInterval(sweeps);
  };
}
