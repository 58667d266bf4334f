/** The boards of a lesson: the class's, one's own, and as the tutor each student's; which one is looked at, and who may write. */
import { SvelteSet } from 'svelte/reactivity';
import type { Rights, RightsChange, RightsReason } from '#sync/documents/rights.ts';
import { whyNotOn } from '#sync/documents/rights.ts';
import type { OwnDocument } from '../sync.ts';
import { Renewing, type Opens } from './renewing.svelte.ts';
import { RightsView } from './rights.svelte.ts';

export interface BoardsParts {
  readonly lessonId: string;
  readonly personId: string;
  readonly host: boolean;
  /** Documents that are this person's to open, as the door says by now: students who came later are in it. */
  readonly names: () => readonly string[];
  /** How one of them is opened. */
  readonly open: (name: string) => Opens;
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
  private readonly ownRights = new RightsView('board');
  private again: ReturnType<typeof setTimeout> | undefined;
  private turns = 0;
  /** Rises with each look elsewhere, so that a board that opens late is let go. */
  private looks = 0;
  /** Not looked at any more, with something that is not stored yet. */
  private readonly leaving = new SvelteSet<Renewing>();
  private arrived = false;

  private constructor(parts: BoardsParts, rights: RightsView, common: Renewing) {
    this.parts = parts;
    this.host = parts.host;
    this.rights = rights;
    this.common = common;
  }

  /** Opens the class's board. */
  static async open(parts: BoardsParts): Promise<Boards> {
    let boards: Boards | null = null;
    const rights = new RightsView('board', (before, now) => boards?.onRights(before, now));
    const name = `board:${parts.lessonId}`;
    const common = await Renewing.begin(parts.open(name), ({ doc }) => rights.attach(doc), parts.onDenied);
    boards = new Boards(parts, rights, common);
    return boards;
  }

  /** The board that is looked at; another object after each start of a document, null while it opens. */
  get document(): OwnDocument | null {
    return this.shown === null ? this.common.current : (this.own?.current ?? null);
  }

  /** The lesson's own board, whichever is looked at. */
  get lessons(): OwnDocument {
    return this.common.current;
  }

  /** Acts of one's own that the server has not said to have, on whichever board. */
  get entries(): number {
    const left = [...this.leaving].reduce((sum, { current }) => sum + current.entries, 0);
    return this.lessons.entries + (this.own?.current.entries ?? 0) + left;
  }

  /** The door has answered. Called again it does nothing. */
  arrive(url: string): void {
    this.common.arrive(url);
    this.own?.arrive(url);
    for (const own of this.leaving) own.arrive(url);
    if (this.arrived) return;
    this.arrived = true;
    // What is kept on this device says so already; the server says whether it is still so.
    const { reveal } = this.rights.now;
    if (!this.host && reveal !== null && this.shown === null) this.onReveal(null, reveal);
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
    if (name === null || personId === null) return;
    this.shown = personId;
    void this.look(name, personId, this.looks);
  }

  /** Sends what this device has of students' own boards and the server does not; they need not be looked at. */
  async finish(names: readonly string[]): Promise<void> {
    const { open, onDenied } = this.parts;
    for (const name of names.filter((one) => this.parts.names().includes(one)))
      void this.leave(await Renewing.begin(open(name), () => undefined, onDenied));
  }

  private async look(name: string, personId: string, looks: number): Promise<void> {
    const { open, onDenied } = this.parts;
    const own = await Renewing.begin(open(name), ({ doc }) => this.ownRights.attach(doc), onDenied);
    if (looks !== this.looks) return own.destroy();
    this.own = own;
    if (this.nameOf(personId) === null) this.retry(personId);
  }

  /** As the host. */
  say(...changes: readonly RightsChange[]): void {
    this.rights.say(this.parts.personId, ...changes);
  }

  /** Why this person may not write on a page of the board that is looked at, or null. Follows the document at once. */
  whyNot(page: string): RightsReason | null {
    const { now } = this.shown === null ? this.rights : this.ownRights;
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
    this.looks += 1;
    this.ownRights.detach();
    if (this.own) void this.leave(this.own);
    this.own = null;
    this.shown = null;
  }

  private async leave(own: Renewing): Promise<void> {
    this.leaving.add(own);
    await own.leave();
    this.leaving.delete(own);
  }

  private nameOf(personId: string): string | null {
    const { host, personId: me, lessonId, names } = this.parts;
    if (!host && personId !== me) return null;
    const wanted = `board:${lessonId}:${personId}`;
    return names().includes(wanted) ? wanted : null;
  }

  private shownName(personId: string): string | null {
    return this.rights.now.reveal === personId ? `board:${this.parts.lessonId}:${personId}` : null;
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
      if (this.shown !== personId || this.document?.status !== 'refused') return;
      this.close();
      this.show(personId);
    }, AGAIN_MS);
  }
}
