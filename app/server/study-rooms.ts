/** What pages may ask about study rooms. Business ms. */
import type { Refusal } from '#events/shared/refusal.ts';
import type { Person } from './services.ts';

/** A row of somebody's list. */
export interface StudyRoomLine {
  readonly code: string;
  /** The host's own words; may be empty. */
  readonly subject: string;
  readonly hostName: string;
  readonly mine: boolean;
  /** At the door, and not let in. */
  readonly waiting: boolean;
  readonly openedAt: number;
  /** When it closes at the latest. */
  readonly endsAt: number;
  /** Null while it is open. */
  readonly endedAt: number | null;
}

/** What a link leads to. */
export interface StudyInvite {
  readonly code: string;
  readonly subject: string;
  readonly hostName: string;
  readonly endsAt: number;
  readonly over: boolean;
  /** They may go to its page already: as its host, or because they followed the link before. */
  readonly known: boolean;
}

export interface StudyServices {
  /** Opens one; who has one open is led to it. */
  openStudyRoom(person: Person, subject: string, requestId: string): Promise<{ kind: 'open'; code: string } | Refusal>;
  /** Newest first. */
  studyRoomsOf(person: Person): Promise<readonly StudyRoomLine[]>;
  /** The token of the link that stands, for the host alone; null when it was stopped, and for everybody else. */
  studyLinkFor(person: Person, code: string): Promise<string | null>;
  /** Another link in place of the one before. */
  newStudyLink(person: Person, code: string, requestId: string): Promise<{ kind: 'done' } | Refusal>;
  stopStudyLink(person: Person, code: string, requestId: string): Promise<{ kind: 'done' } | Refusal>;
  studyRoomBehind(person: Person, token: string): Promise<StudyInvite | null>;
  /** From now on they see its page, and may ask to come in. */
  followStudyLink(
    person: Person,
    token: string,
    requestId: string,
  ): Promise<{ kind: 'followed'; code: string } | Refusal>;
}
