/** What pages and API may ask about conversations. Business ms unless a field says wall. */
import type { ReportOutcome, ReportReason } from '#events/conversation/events.ts';
import type { Refusal } from '#events/shared/refusal.ts';
import type { Join, Person } from '../services.ts';

/** The last thing that was said. */
export interface LastLine {
  /** Wall ms. */
  readonly at: number;
  /** Null for somebody who never said who they are. */
  readonly personId: string | null;
  readonly name: string;
  /** One line of words; empty where there are only files. */
  readonly text: string;
  readonly files: number;
}

/** A row of somebody's list. */
export interface ConversationLine {
  readonly conversationId: string;
  readonly kind: 'direct' | 'group';
  /** Name of the other one, or of the group; null where nobody knows it any more. */
  readonly title: string | null;
  /** The other one of two who is still here. */
  readonly otherId: string | null;
  readonly members: number;
  /** Who invited this person; null for what they are in. */
  readonly invitedBy: string | null;
  readonly last: LastLine | null;
  readonly unread: number;
  /** Somebody may write here. */
  readonly open: boolean;
}

export interface ConversationPerson {
  readonly personId: string;
  readonly name: string;
}

export interface GroupLink {
  readonly madeAt: number;
  /** Null: until it is stopped. */
  readonly expiresAt: number | null;
  /** Null: for whoever has it. */
  readonly mostUses: number | null;
  readonly uses: number;
  /** Why nobody joins by it any more. */
  readonly dead: 'expired' | 'used-up' | null;
}

export interface ConversationPage {
  readonly conversationId: string;
  readonly kind: 'direct' | 'group';
  readonly title: string | null;
  readonly mine: 'owner' | 'member' | 'invited';
  /** Who is in it longest comes first. */
  readonly members: readonly (ConversationPerson & { readonly since: number; readonly owner: boolean })[];
  /** For the owner. */
  readonly invited: readonly ConversationPerson[];
  /** Who invited this person. */
  readonly invitedBy: string | null;
  /** For the owner: the link that stands. Business ms. */
  readonly link: GroupLink | null;
  /** For the owner: whom they took out and may invite again. */
  readonly removed: readonly ConversationPerson[];
  /** `over`: the other one is gone. `blocked`: by this person; `blocking`: by the other one. */
  readonly state: 'open' | 'over' | 'blocked' | 'blocking';
}

/** What an invite link leads to. */
export interface GroupInvite {
  readonly conversationId: string;
  readonly title: string | null;
  readonly members: readonly ConversationPerson[];
  readonly joined: boolean;
  readonly full: boolean;
  /** Why nobody joins by this link any more. */
  readonly dead: 'expired' | 'used-up' | null;
}

export type ConversationAct =
  | { readonly do: 'rename'; readonly name: string }
  | { readonly do: 'revoke-link' }
  | { readonly do: 'invite'; readonly personId: string }
  /** Decline one's own, or take one back. */
  | { readonly do: 'end-invitation'; readonly personId: string }
  /** Accept an invitation. */
  | { readonly do: 'accept' }
  | { readonly do: 'remove'; readonly personId: string }
  | { readonly do: 'leave'; readonly successorId: string | null }
  | { readonly do: 'block' | 'unblock' };

/** What ops are to look at. Business ms. */
export interface ReportLine {
  readonly reportId: string;
  /** Name of the group; null for two people, and where nobody knows it. */
  readonly group: string | null;
  readonly kind: 'direct' | 'group';
  readonly byName: string | null;
  /** Whose message it is; null for the conversation as a whole, and where the account is gone. */
  readonly personName: string | null;
  readonly about: 'message' | 'conversation';
  /** What it says, or what it said before it was deleted; null when it is not there. Only while the report is open. */
  readonly words: string | null;
  readonly reason: ReportReason;
  readonly reportedAt: number;
  readonly outcome: ReportOutcome | null;
  /** Somebody else of ops has to look at it. */
  readonly own: boolean;
}

export interface ConversationServices {
  /** @param messageKey null: all of it. */
  report(
    person: Person,
    conversationId: string,
    what: { readonly messageKey: string | null; readonly reason: string },
    requestId: string,
  ): Promise<{ kind: 'reported' } | Refusal>;
  /** For ops. */
  reports(person: Person): Promise<readonly ReportLine[] | Refusal>;
  /** As ops. */
  closeReport(
    person: Person,
    reportId: string,
    outcome: string,
    requestId: string,
  ): Promise<{ kind: 'done' } | Refusal>;
  /** Newest line first; what has no line yet stands above. */
  conversationsOf(person: Person): Promise<readonly ConversationLine[]>;
  /** Lines of others that this person has not seen, in all their conversations. */
  unreadMessages(person: Person): Promise<number>;
  /** Null for an unknown conversation and for one this person is not in: both answer 404. */
  conversationFor(person: Person, conversationId: string): Promise<ConversationPage | null>;
  /** Whether this person may write to the other one. */
  mayWriteTo(person: Person, otherId: string): Promise<boolean>;
  /** The one conversation of the two; begun unless it is there. */
  writeTo(
    person: Person,
    otherId: string,
    requestId: string,
  ): Promise<{ kind: 'open'; conversationId: string } | Refusal>;
  createGroup(
    person: Person,
    name: string,
    requestId: string,
  ): Promise<{ kind: 'created'; conversationId: string } | Refusal>;
  /** People whom this person may invite by name. */
  mayInvite(person: Person): Promise<readonly ConversationPerson[]>;
  actInConversation(
    person: Person,
    conversationId: string,
    act: ConversationAct,
    requestId: string,
  ): Promise<{ kind: 'done' } | Refusal>;
  /**
   * Told once: the log keeps a hash of it.
   *
   * @param days how long it works.
   * @param mostUses how many may join by it; null: whoever has it.
   */
  makeInviteLink(
    person: Person,
    conversationId: string,
    days: number,
    mostUses: number | null,
  ): Promise<{ kind: 'made'; token: string } | Refusal>;
  /** Null where no link leads. */
  groupBehind(person: Person, token: string): Promise<GroupInvite | null>;
  joinGroup(
    person: Person,
    token: string,
    requestId: string,
  ): Promise<{ kind: 'joined'; conversationId: string } | Refusal>;
  /** A ticket for its chat. `origin` is where the client reached us. */
  joinConversation(person: Person, conversationId: string, origin: string): Promise<Omit<Join, 'signalling'> | Refusal>;
  /** The scope of its files for who may read it, and whether they may add to it; null for everybody else. */
  filesOfConversation(person: Person, conversationId: string): Promise<{ scope: string; mayAdd: boolean } | null>;
}
