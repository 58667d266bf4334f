import type { BookingCommand } from '../booking/decide.ts';
import type { CalendarCommand } from '../calendar/decide.ts';
import type { ChargebackCommand } from '../chargeback/decide.ts';
import type { ConversationCommand } from '../conversation/decide.ts';
import type { DisputeCommand } from '../dispute/decide.ts';
import type { InstituteCommand } from '../institute/decide.ts';
import type { LessonCommand } from '../lesson/decide.ts';
import type { LookCommand } from '../look/decide.ts';
import type { PaymentCommand } from '../payment/decide.ts';
import type { PayoutCommand } from '../payout/decide.ts';
import type { PersonCommand } from '../person/decide.ts';
import type { ReviewCommand } from '../review/decide.ts';
import type { TutorCommand } from '../tutor/decide.ts';
import type { Actor, Position, RecordedEvent } from '../store/event-store.ts';
import type { Refusal } from '../shared/refusal.ts';

export type AnyCommand =
  | BookingCommand
  | CalendarCommand
  | ChargebackCommand
  | ConversationCommand
  | DisputeCommand
  | InstituteCommand
  | LessonCommand
  | LookCommand
  | PaymentCommand
  | PayoutCommand
  | PersonCommand
  | ReviewCommand
  | TutorCommand;

/** Who asks, and in what connection. The same `commandId` a second time changes nothing. */
export interface CommandContext {
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: Actor;
}

export interface Accepted {
  readonly kind: 'accepted';
  readonly stream: string;
  readonly revision: number;
  /** Null when the command changed nothing. */
  readonly position: Position | null;
  readonly events: readonly RecordedEvent[];
}

/** The one door to the log: reads the stream, folds, decides, appends, retries on a conflict. Built in server.ts. */
export type Submit = (command: AnyCommand, context: CommandContext) => Promise<Accepted | Refusal>;
