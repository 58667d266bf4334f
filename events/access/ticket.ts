import type { LessonRole } from './roles.ts';

/** What a signed ticket says (ARCHITECTURE §4, Identity). Issued by `join`, trusted by sync and sfu, never logged. */
export interface Ticket {
  readonly lessonId: string;
  readonly personId: string;
  /** As shown to the others in the lesson. */
  readonly name: string;
  readonly role: LessonRole;
  /** Document name → Yjs client ids that were given to this person for it. */
  readonly documents: Readonly<Record<string, readonly number[]>>;
  /** Students whose own documents of the lesson it opens as well; absent in tickets that open none. */
  readonly ownOf?: readonly string[];
  /** `ask`: lets nobody in before a host says so, whatever the room's own rule is; absent: the room's rule. */
  readonly admission?: 'ask';
  /** Wall time, ms; at most 15 minutes after issue. */
  readonly expiresAt: number;
}

export interface TicketOffice {
  sign(ticket: Ticket): string;
  /** Null for anything forged, altered, or expired. */
  verify(token: string): Ticket | null;
}
