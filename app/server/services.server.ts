/** Puts the services of the pages and the API together. */
import type { Position } from '#events/store/event-store.ts';
import { pdf } from '#platform/pdf/pdf.server.ts';
import { accountServices, type AccountParts } from './account-services.server.ts';
import type { Audit } from './audit/contract.ts';
import { boardServices, type BoardParts } from './board-services.server.ts';
import { bookingServices, type BookingParts } from './booking-services.server.ts';
import { caseServices } from './case-services.server.ts';
import { conversationServices, type ConversationParts } from './conversation-services.server.ts';
import { evidenceServices } from './evidence-services.server.ts';
import type { Checks } from './checks/checks.server.ts';
import type { Files } from './files/files.server.ts';
import { lessonServices, type LessonParts } from './lesson-services.server.ts';
import { lookServices, type LookParts } from './look-services.server.ts';
import { opsServices } from './ops-services.server.ts';
import { payoutAccountServices } from './payout-account-services.server.ts';
import { rehearsalServices, type RehearsalParts } from './rehearsal-services.server.ts';
import { verdictServices } from './proposed-verdicts.server.ts';
import { replayServices, type ReplayParts } from './replay-services.server.ts';
import { rescheduleServices } from './reschedule-services.server.ts';
import { studyServices, type StudyParts } from './study-services.server.ts';
import type { Traces } from './traces/contract.ts';
import type { Capabilities, CheckoutSettings, Services } from './services.ts';

export interface ServiceParts
  extends
    AccountParts,
    BoardParts,
    BookingParts,
    LessonParts,
    LookParts,
    RehearsalParts,
    ReplayParts,
    ConversationParts,
    StudyParts {
  readonly capabilities: Capabilities;
  readonly checkout: CheckoutSettings;
  readonly files: Files;
  readonly audit: Audit;
  readonly checks: Checks;
  readonly traces: Traces;
  readonly advanceClock: (ms: number) => Promise<number>;
  readonly waitFor: (position: Position, ms: number) => Promise<boolean>;
  readonly health: () => Promise<Readonly<Record<string, unknown>>>;
}

/** How long a page waits for its own write to be readable, wall ms. */
const SEEN_WITHIN_MS = 1_000;

export function createServices(parts: Omit<ServiceParts, 'seen'>): Services {
  const seen = async (position: Position | null, ms = SEEN_WITHIN_MS): Promise<boolean> =>
    position === null || (await parts.waitFor(position, ms));
  const whole = { ...parts, seen };
  return {
    submit: parts.submit,
    queries: parts.queries,
    capabilities: parts.capabilities,
    checkout: parts.checkout,
    files: parts.files,
    audit: parts.audit,
    checks: parts.checks,
    traces: parts.traces,
    rehearsal: rehearsalServices(parts),
    pdf,
    now: parts.now,
    seen,
    health: parts.health,
    async advanceClock(ms) {
      if (!parts.capabilities.clockControl) throw new Error('The clock cannot be moved here.');
      return parts.advanceClock(ms);
    },
    ...bookingServices(whole),
    ...lessonServices(whole),
    ...boardServices(whole),
    ...studyServices(whole),
    ...replayServices(whole),
    ...conversationServices(whole),
    ...caseServices(whole),
    ...evidenceServices(whole),
    ...lookServices(whole),
    ...verdictServices(whole),
    ...rescheduleServices(whole),
    ...payoutAccountServices(whole),
    ...accountServices(whole),
    ...opsServices(whole),
  };
}
