/** What pages may ask of conversations. Instants are business ms. */
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

export interface ConversationRow {
  readonly conversationId: string;
  readonly kind: 'direct' | 'group';
  /** Of a group; null in a direct one, and where whoever named it was erased. */
  readonly name: string | null;
  readonly ownerId: string | null;
  readonly begunBy: string;
  readonly begunAt: number;
  readonly over: boolean;
  /** When the invite link that stands was made. */
  readonly linkMadeAt: number | null;
  /** Who is in it longest comes first; invited ones too. */
  readonly members: readonly ConversationMember[];
}

export interface KnownPerson {
  readonly personId: string;
  readonly name: string;
}

export interface ConversationQueries {
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
