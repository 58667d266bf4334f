/** The boards of a lesson: the class's, one's own, and as the tutor each student's; which one is looked at, and who may write. */
import type { Rights, RightsChange, RightsReason } from '#sync/documents/rights.ts';
import { whyNotOn } from '#sync/documents/rights.ts';
import type { Join } from '../../../server/services.ts';
import { connectDocument, type ConnectedDocument } from '../sync.ts';
import { Renewing } from './renewing.svelte.ts';
import { RightsView } from './rights.svelte.ts';

export interface BoardsParts {
  /** The door's latest answer: students who came later are in it. */
  readonly door: () => Join;
  readonly personId: string;
  readonly host: boolean;
  readonly ticket: () => string;
  readonly renew: () => Promise<string>;
  /** A part of what this page drew was not taken, and is gone from it now. */
  readonly onDenied: (reason: string) => void;
  /** The host shows this student's board to everybody, or (null) no longer; not called for the host. */
  readonly onShown: (studentId: string | null) => void;
}

/** A board that is shown to everybody is not yet known as such where this page asked for it. Wall ms. */
const AGAIN_MS = 700;

export class Boards {
  readonly host: boolean;
  readonly rights: RightsView;
  /** Whose own board is looked at; null: the class's. */
  shown: string | null = $state(null);
  private readonly parts: BoardsParts;
  private readonly common: Renewing;
  private own: Renewing | null = $state.raw(null);
  /** Not looked at any more, with something that is not stored yet. */
  private leaving: readonly Renewing[] = [];
  private readonly ownRights = new RightsView('board');
  private again: ReturnType<typeof setTimeout> | undefined;
  private turns = 0;

  constructor(parts: BoardsParts) {
    this.parts = parts;
    this.host = parts.host;
    this.rights = new RightsView('board', (before, now) => this.onRights(before, now));
    this.common = this.open(`board:${parts.door().lessonId}`, this.rights);
  }

  /** The board that is looked at; another object after each start of a document. */
  get document(): ConnectedDocument {
    return (this.own ?? this.common).current;
  }

  /** The boards that this person may have drawn on and that are open, and the student whose own each is. */
  get drawn(): readonly { readonly document: ConnectedDocument; readonly owner: string | null }[] {
    const { own, shown } = this;
    const common = { document: this.common.current, owner: null };
    return own && shown !== null && this.has(shown) ? [common, { document: own.current, owner: shown }] : [common];
  }

  /** Whether this person has a board of their own here, or may look at this student's. */
  has(personId: string): boolean {
    return this.nameOf(personId) !== null;
  }

  /** Looks at a student's own board; null: at the class's. */
  show(personId: string | null): void {
    clearTimeout(this.again);
    if (personId === this.shown) return;
    this.close();
    const name = personId === null ? null : (this.nameOf(personId) ?? this.shownName(personId));
    this.shown = name === null ? null : personId;
    if (name === null || personId === null) return;
    this.own = this.open(name, this.ownRights);
    if (this.nameOf(personId) === null) this.retry(personId);
  }

  /** As the host. */
  say(...changes: readonly RightsChange[]): void {
    this.rights.say(this.parts.personId, ...changes);
  }

  /** Why this person may not write on a page of the board that is looked at, or null. Follows the document at once. */
  whyNot(page: string): RightsReason | null {
    const { now } = this.own ? this.ownRights : this.rights;
    return whyNotOn(now, this.parts.personId, this.host, page);
  }

  /** The tutor keeps everybody: a board that they do not show is not to be had now. */
  get kept(): boolean {
    return !this.host && this.rights.now.follow;
  }

  destroy(): void {
    this.close();
    for (const own of this.leaving) own.destroy();
    this.rights.detach();
    this.common.destroy();
  }

  private close(): void {
    clearTimeout(this.again);
    this.ownRights.detach();
    if (this.own) void this.leave(this.own);
    this.own = null;
    this.shown = null;
  }

  private async leave(own: Renewing): Promise<void> {
    this.leaving = [...this.leaving, own];
    await own.leave();
    this.leaving = this.leaving.filter((one) => one !== own);
  }

  private nameOf(personId: string): string | null {
    const { host, personId: me } = this.parts;
    const door = this.parts.door();
    if (!host && personId !== me) return null;
    return door.sync.documents.find(({ name }) => name === `board:${door.lessonId}:${personId}`)?.name ?? null;
  }

  private shownName(personId: string): string | null {
    return this.rights.now.reveal === personId ? `board:${this.parts.door().lessonId}:${personId}` : null;
  }

  private open(name: string, rights: RightsView): Renewing {
    const { ticket, renew, onDenied } = this.parts;
    const door = this.parts.door();
    const clientIds = door.sync.documents.find((document) => document.name === name)?.clientIds ?? [];
    return new Renewing(
      (ids, denied) => connectDocument({ url: door.sync.url, name, clientIds: ids, ticket, renew, onDenied: denied }),
      clientIds,
      ({ doc }) => rights.attach(doc),
      onDenied,
    );
  }

  /** The tutor looks where they look. */
  private onRights(before: Rights, now: Rights): void {
    const called = this.rights.turns !== this.turns || (now.follow && !before.follow);
    this.turns = this.rights.turns;
    if (this.host) return;
    if (before.reveal !== now.reveal) this.onReveal(before.reveal, now.reveal);
    if (called && this.shown !== now.reveal) this.show(null);
  }

  private onReveal(before: string | null, now: string | null): void {
    const { personId, onShown } = this.parts;
    // One's own is not taken from under one's hand.
    if (now !== null && now !== personId) this.show(now);
    else if (before !== null && before === this.shown && (before !== personId || this.kept)) this.show(null);
    onShown(now);
  }

  /** The process that has this board may hear of it a moment later than the one that told this page. */
  private retry(personId: string): void {
    this.again = setTimeout(() => {
      if (this.shown !== personId || this.document.status !== 'refused') return;
      this.close();
      this.show(personId);
    }, AGAIN_MS);
  }
}
