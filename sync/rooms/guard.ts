/**
 * What the validator knows of the host's word: who may write where, and on which page each item of a board stands. Read
 * once from a document that was loaded and then followed struct by struct, so that no stroke waits for a look at the Y.Doc.
 */
import * as Y from 'yjs';
import { ERASED, CHANGES, FIRST_PAGE, PAGES, STROKES } from '../documents/board.ts';
import { parseChangeKey } from '../documents/changes.ts';
import { READ } from '../documents/chat.ts';
import type { Surface } from '../documents/names.ts';
import { PEOPLE } from '../documents/people.ts';
import {
  RIGHTS,
  applyRight,
  parseRight,
  readRights,
  whyNotOn,
  whyReadOnly,
  type Rights,
  type RightsChange,
  type RightsReason,
} from '../documents/rights.ts';
import { CONTENT, type Struct } from '../wire/scan.ts';
import type { Container } from './containers.ts';
import { ItemLocks, isLock } from './item-locks.ts';
import { PageCount } from './page-count.ts';
import { oneValue } from './rules.ts';
import type { Writer } from './writer.ts';

const pageOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'pg' in value && typeof value.pg === 'string' ? value.pg : FIRST_PAGE;

/** Whether nobody is kept from anything, so that nothing needs to be looked up. */
const isOpen = ({ write, may, pages, locked, closed, muted }: Rights): boolean =>
  write === 'everyone' &&
  pages &&
  !closed &&
  locked.size === 0 &&
  muted.size === 0 &&
  ![...may.values()].includes(false);

export class Guard {
  /** The rights in the lesson's own document, for one of a student. */
  outer: (() => Rights) | null = null;
  /** Something was said, or taken back, that the Y.Doc has the last word on: see `settle`. */
  touched = false;
  private readonly surface: Surface;
  /** Item → the page that it stands on. */
  private readonly pages = new Map<string, string>();
  private readonly hosts = new Set<string>();
  private readonly locks: ItemLocks;
  private readonly count: PageCount;
  private said: Rights;
  private open: boolean;

  constructor(surface: Surface, doc: Y.Doc) {
    this.surface = surface;
    this.said = readRights(doc, surface);
    this.open = isOpen(this.said);
    this.locks = new ItemLocks(surface, doc);
    this.count = new PageCount(surface, doc);
    if (surface === 'board')
      for (const [key, value] of doc.getMap<unknown>(STROKES).entries())
        this.pages.set(key, pageOf(value instanceof Y.Array ? value.get(0) : value));
  }

  get rights(): Rights {
    return this.said;
  }

  /** This person is here as a host. */
  knowHost(personId: string): void {
    this.hosts.add(personId);
  }

  /** Why a person may not write in this document at all, or null. */
  whyReadOnly(personId: string, host: boolean): RightsReason | null {
    if (host) return null;
    if (this.surface === 'chat' && this.outer?.().privateLines === false) return 'private-closed';
    return this.open ? null : whyReadOnly(this.said, this.surface, personId, host);
  }

  /** Why `struct` may not stand in `place`, as far as it is the host's to say, or null. */
  whyNot(struct: Struct, place: Container, writer: Omit<Writer, 'name'>): RightsReason | null {
    if (!writer.host && this.locks.keep(place, writer.personId)) return 'item-locked';
    return this.whyNotHere(struct, place, writer);
  }

  private whyNotHere(
    struct: Struct,
    place: Container,
    { personId, host, streams, arranges }: Omit<Writer, 'name'>,
  ): RightsReason | null {
    if (host || streams === true || (this.open && !this.outer)) return null;
    if (place.kind === 'entry' && place.root === STROKES && struct.content === CONTENT.any)
      return this.whyNotAt(place, personId) ?? whyNotOn(this.said, personId, false, pageOf(oneValue(struct)));
    if (place.kind === 'ink' && struct.content === CONTENT.any)
      return whyNotOn(this.said, personId, false, pageOf(oneValue(struct)));
    const denied = this.whyNotAt(place, personId);
    if (denied !== null || this.said.pages || arranges === true) return denied;
    return this.adds(struct, place) ? 'pages-closed' : null;
  }

  /** Why this person may not delete what stands in `place`, as far as it is the host's to say, or null. */
  whyNotDelete(place: Container, { personId, host, streams }: Omit<Writer, 'name'>): RightsReason | null {
    if (!host && this.locks.keep(place, personId)) return 'item-locked';
    return host || streams === true || (this.open && !this.outer) ? null : this.whyNotAt(place, personId);
  }

  /**
   * Whether somebody else may bring this in place of `owner`, who is away. Rights are said by the host alone, and neither
   * may write where they may not write now.
   */
  mayBring(struct: Struct, place: Container, writer: Writer, owner: string): boolean {
    if (place.kind === 'entry' && place.root === RIGHTS) return false;
    const author = { personId: owner, host: this.hosts.has(owner) };
    if (this.addsTooMuch(struct, place, author)) return false;
    // What is locked is kept from its author; who brings it only speaks for them.
    return this.whyNotHere(struct, place, writer) === null && this.whyNot(struct, place, author) === null;
  }

  private adds(struct: Struct, place: Container): boolean {
    if (place.kind !== 'entry' || place.root !== PAGES || struct.content !== CONTENT.any) return false;
    return this.count.adds(place.key, oneValue(struct));
  }

  /** Whether this would be one page too many of theirs. */
  addsTooMuch(struct: Struct, place: Container, { personId, host, arranges }: Omit<Writer, 'name'>): boolean {
    if (host || arranges === true || place.kind !== 'entry' || place.root !== PAGES) return false;
    return this.count.isFull(place.key, struct.content === CONTENT.any ? oneValue(struct) : null, personId);
  }

  /** Whether ink says anew, and otherwise, on which page its stroke stands: it would slip out of a lock. */
  strays(struct: Struct, place: Container): boolean {
    if (place.kind !== 'ink' || struct.content !== CONTENT.any) return false;
    const page = this.pages.get(place.key);
    return page !== undefined && page !== pageOf(oneValue(struct));
  }

  /** A struct has entered. What it says of rights, if it does. */
  learn(struct: Struct, place: Container): RightsChange | null {
    if (place.kind === 'ink') this.learnHead(struct, place.key);
    if (place.kind !== 'entry') return null;
    if (place.root === STROKES && struct.content === CONTENT.any) this.pages.set(place.key, pageOf(oneValue(struct)));
    if (place.root === PAGES) this.count.learn(place.key, oneValue(struct));
    if (place.root === CHANGES && isLock(place.key)) {
      this.locks.learn(place.key, oneValue(struct));
      this.touched = true;
    }
    if (place.root !== RIGHTS) return null;
    this.touched = true;
    const found = parseRight(this.surface, place.key, oneValue(struct));
    if (!found) return null;
    // Where nobody is the host, both pin.
    if (found.change.kind !== 'pin') this.hosts.add(found.by);
    this.say(applyRight(this.said, found.change));
    return found.change;
  }

  /** A struct was refused. Ink that follows its head is judged by the page that the head named. */
  learnRefused(struct: Struct, place: Container): void {
    if (place.kind === 'ink') this.learnHead(struct, place.key);
  }

  /** Something in `place` was deleted. */
  learnDelete(place: Container): void {
    if (place.kind !== 'entry') return;
    if (place.root === CHANGES && isLock(place.key)) this.locks.touch(place.key);
    else if (place.root !== RIGHTS) return;
    this.touched = true;
  }

  /** Takes over what the document says now: of two hosts' pages at once, Yjs decides which is the last. */
  settle(doc: Y.Doc): void {
    this.touched = false;
    this.locks.settle(doc);
    this.say(readRights(doc, this.surface));
  }

  private learnHead(struct: Struct, key: string): void {
    if (struct.content === CONTENT.any && !this.pages.has(key)) this.pages.set(key, pageOf(oneValue(struct)));
  }

  private say(rights: Rights): void {
    this.said = rights;
    this.open = isOpen(rights);
  }

  private whyNotAt(place: Container, personId: string): RightsReason | null {
    switch (place.kind) {
      case 'gone':
      case 'misplaced':
        return null;
      case 'ink':
        return this.whyNotItem(place.key, personId);
      case 'entry':
        break;
      default:
        return this.whyReadOnly(personId, false);
    }
    switch (place.root) {
      // Names, and how far one has read, are no contribution; rights have a rule of their own.
      case PEOPLE:
      case READ:
      case RIGHTS:
        return null;
      case STROKES:
      case ERASED:
        return this.whyNotItem(place.key, personId);
      case CHANGES:
        return this.whyNotItem(parseChangeKey(place.key)?.entry ?? '', personId);
      case PAGES:
        return whyNotOn(this.said, personId, false, place.key);
      default:
        return this.whyReadOnly(personId, false);
    }
  }

  private whyNotItem(key: string, personId: string): RightsReason | null {
    const page = this.pages.get(key);
    // A stroke begins without a word of its page; that comes with its head.
    return page === undefined ? this.whyReadOnly(personId, false) : whyNotOn(this.said, personId, false, page);
  }
}
