/** What pages may ask of conversations. Instants are business ms. */
import type { ReportOutcome, ReportReason } from '#events/conversation/events.ts';
import type { Acquaintance } from '#events/conversation/may-open.ts';

export interface ConversationMember {
  readonly personId: string;
  /** Null when there is no account by that id any more. */
  readonly name: string | null;
  readonly state: 'in' | 'invited';
  readonly since: number;
  readonly invitedBy: string | null;
  /** Does not want to hear from the other one of the two. */
  readonly blocks: boolean;
}

export interface InviteLinkRow {
  readonly madeAt: number;
  readonly expiresAt: number | null;
  readonly mostUses: number | null;
  readonly uses: number;
}

export interface ConversationRow {
  readonly conversationId: string;
  readonly kind: 'direct' | 'group';
  /** Of a group; null in a direct one, and where whoever named it was erased. */
  readonly name: string | null;
  readonly ownerId: string | null;
  readonly begunBy: string;
  readonly begunAt: number;
  readonly over: boolean;
  /** The invite link that stands, though it may have ended. */
  readonly link: InviteLinkRow | null;
  /** Whom the owner took out, as long as there is an account by that id. */
  readonly removed: readonly KnownPerson[];
  /** Who is in it longest comes first; invited ones too. */
  readonly members: readonly ConversationMember[];
}

export interface KnownPerson {
  readonly personId: string;
  readonly name: string;
}

export interface ReportRow {
  readonly reportId: string;
  readonly conversationId: string;
  readonly kind: 'direct' | 'group';
  /** Of a group; null where nobody knows it. */
  readonly title: string | null;
  readonly by: string;
  /** Null when there is no account by that id any more, here and below. */
  readonly byName: string | null;
  /** Null for the conversation as a whole. */
  readonly messageKey: string | null;
  readonly personId: string | null;
  readonly personName: string | null;
  readonly reason: ReportReason;
  readonly reportedAt: number;
  /** Null while it is open. */
  readonly outcome: ReportOutcome | null;
  readonly closedBy: string | null;
  readonly closedAt: number | null;
}

export interface ConversationQueries {
  /** Open ones first, each the newest first; at most 200. */
  reports(): Promise<readonly ReportRow[]>;
  report(reportId: string): Promise<ReportRow | null>;
  /** Those that the person is in or invited to, newest first; at most 200. */
  conversationsOf(personId: string): Promise<readonly ConversationRow[]>;
  conversation(conversationId: string): Promise<ConversationRow | null>;
  /** The group behind an invite link that stands. */
  conversationByLink(tokenHash: string): Promise<ConversationRow | null>;
  /** The ids of all that an erasure has to end. */
  membershipsOf(personId: string): Promise<readonly string[]>;
  membersOf(conversationId: string): Promise<readonly string[]>;
  /** What lets `personId` begin to write to `otherId`. `since`: business ms; null for somebody there is not. */
  acquaintance(personId: string, otherId: string, since: number): Promise<Acquaintance | null>;
  /** With whom a booking joins this person, by name. */
  acquaintancesOf(personId: string): Promise<readonly KnownPerson[]>;
}
