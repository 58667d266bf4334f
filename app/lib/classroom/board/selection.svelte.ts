/** What is selected, and everything that can be done with it. Only what this person may change can be selected. */
import type * as Y from 'yjs';
import { plainOf, type BoardReader, type Item } from '#sync/documents/board-reader.ts';
import { copyItems, isKeptFrom } from '#sync/documents/board-writer.ts';
import type { Change, Matrix } from '#sync/documents/changes.ts';
import { isShape, isWriting } from '#sync/documents/items.ts';
import type { Author } from '#sync/documents/people.ts';
import { boxOfItems } from '#sync/draw/board.ts';
import type { Box } from '#sync/draw/camera.ts';
import { IDENTITY, moved, multiply } from '#sync/draw/matrix.ts';
import type { Lettering } from '#sync/draw/words.ts';
import type { Act, Acts } from './acts.ts';
import { clipboard, type Copied } from './clipboard.ts';
import { endsOf, withTheirGroups } from './transform.ts';

export interface SelectionPorts {
  readonly doc: Y.Doc;
  readonly author: Author;
  readonly reader: BoardReader;
  readonly acts: Acts;
  readonly page: () => string;
  readonly letters: () => Lettering;
  readonly mayTouch: (item: Item) => boolean;
  readonly onAct: () => void;
  /** Where the files of this board are; null for none. */
  readonly files: string | null;
  /** An image came whose file is elsewhere. */
  readonly onForeign: (item: Item, files: string) => void;
}

/** How far a copy stands from its original, logical pixels. */
const ASIDE = 24;

export class Selection {
  keys: readonly string[] = $state.raw([]);
  /** Of it, what stays selected while the keyboard goes on to the next. */
  held: readonly string[] = $state.raw([]);
  /** The box around it, or null. */
  box: Box | null = $state.raw(null);
  /** Of one own line or arrow: where it begins and ends. */
  ends: ReturnType<typeof endsOf> = $state.raw(null);
  locked = $state(false);
  /** The host has locked all of it, for whoever drew it, too. */
  kept = $state(false);
  grouped = $state(false);
  /** Own images only, which may be put into the background; and whether they are there. */
  pictures = $state(false);
  back = $state(false);
  private readonly ports: SelectionPorts;

  constructor(ports: SelectionPorts) {
    this.ports = ports;
  }

  get items(): Item[] {
    return this.keys.flatMap((key) => {
      const item = this.ports.reader.get(key);
      return item && !item.erased && item.page === this.ports.page() ? [item] : [];
    });
  }

  /** What of it can be changed: locked things stay as they are. */
  get free(): Item[] {
    return this.items.filter(({ locked }) => !locked);
  }

  private get coloured(): Item[] {
    return this.free.filter(({ kind }) => kind !== 'image');
  }

  /** Selects items and whatever is grouped with them. */
  set(items: readonly Item[]): void {
    this.keys = withTheirGroups(items, this.ports.reader.visible(this.ports.page()))
      .filter((item) => this.ports.mayTouch(item))
      .map(({ key }) => key);
    this.refresh();
  }

  toggle(item: Item): void {
    const there = this.keys.includes(item.key);
    if (!there) return this.set([...this.items, item]);
    this.set(this.items.filter(({ key, group }) => key !== item.key && (item.group === '' || group !== item.group)));
  }

  all(): void {
    this.set(this.ports.reader.visible(this.ports.page()).filter(({ locked, back }) => !locked && !back));
  }

  clear(): void {
    this.held = [];
    if (this.keys.length > 0) this.set([]);
  }

  hold(): void {
    this.held = this.keys;
  }

  /** What lies under everything else, which no press takes by accident. */
  backgrounds(): void {
    this.set(this.ports.reader.visible(this.ports.page()).filter(({ back }) => back));
  }

  /** One after the other, for the keyboard; backgrounds only where there is nothing else. */
  next(step: -1 | 1): void {
    const own = this.ports.reader.visible(this.ports.page()).filter(this.ports.mayTouch);
    const front = own.filter(({ back }) => !back);
    const held = this.held.filter((key) => this.keys.includes(key));
    if (held.length === 0) this.held = [];
    const there = (front.length > 0 ? front : own).filter(({ key }) => !held.includes(key) || key === this.held.at(-1));
    const last = this.keys.findLast((key) => !held.includes(key)) ?? this.held.at(-1) ?? this.keys.at(-1);
    const now = there.findIndex(({ key }) => key === last);
    const next = there.at(now < 0 ? (step > 0 ? 0 : -1) : (now + step) % there.length);
    this.set([...this.items.filter(({ key }) => held.includes(key)), ...(next ? [next] : [])]);
  }

  /** Something on the board changed: what is gone is selected no more. */
  refresh(): void {
    const { items } = this;
    if (items.length !== this.keys.length) this.keys = items.map(({ key }) => key);
    this.box = boxOfItems(items, this.ports.letters());
    this.locked = items.length > 0 && items.every(({ locked }) => locked);
    this.kept = this.locked && items.every((item) => this.isKept(item));
    this.pictures = items.length > 0 && items.every((item) => item.kind === 'image' && this.isOwn(item));
    this.back = this.pictures && items.every(({ back }) => back);
    const [only] = items;
    this.ends = only && items.length === 1 && !only.locked && this.isOwn(only) ? endsOf(only) : null;
    this.grouped = items.length > 1 && items.every(({ group }) => group !== '' && group === items[0]?.group);
  }

  /** Moves, resizes or turns. */
  transform(by: Matrix, items: readonly Item[] = this.free, act: Act = []): void {
    this.change(
      items.map(({ key, place }) => ({ key, aspect: 'place', value: multiply(by, place ?? IDENTITY) })),
      act,
    );
  }

  remove(): void {
    const keys = this.free.map(({ key }) => key);
    if (keys.length > 0) this.ports.acts.erase(keys, []);
    this.ports.onAct();
    this.refresh();
  }

  group(): void {
    const name = this.keys[0] ?? '';
    this.change(this.free.map(({ key }) => ({ key, aspect: 'group', value: name })));
  }

  ungroup(): void {
    this.change(this.free.map(({ key }) => ({ key, aspect: 'group', value: '' })));
  }

  private isOwn({ key }: Item): boolean {
    return this.ports.reader.author(key)?.personId === this.ports.author.personId;
  }

  /** Puts images under everything else, or brings them back. */
  toggleBack(): void {
    const back = !this.back;
    const act: Act = [];
    for (const item of this.free) {
      const before = plainOf(item);
      if (before?.kind === 'image') this.ports.acts.write(item.key, before, { ...before, back }, act);
    }
    this.ports.onAct();
    this.refresh();
  }

  toggleLock(): void {
    const value = !this.locked;
    this.change(this.items.filter((item) => !this.isKept(item)).map(({ key }) => ({ key, aspect: 'lock', value })));
  }

  private isKept({ key }: Item): boolean {
    return isKeptFrom(this.ports.doc, this.ports.author, key);
  }

  /** Above or below everything else on the page; they keep their order among themselves. */
  order(where: 'front' | 'back'): void {
    const { free, ports } = this;
    const sorted = ports.reader.visible(ports.page()).filter(({ key }) => free.some((item) => item.key === key));
    const lowest = ports.reader.visible(ports.page())[0]?.z ?? 0;
    const start = where === 'front' ? ports.reader.top() + 1 : Math.floor(lowest) - sorted.length;
    this.change(sorted.map(({ key }, i) => ({ key, aspect: 'order', value: start + i })));
  }

  colour(pen: number): void {
    this.change(this.coloured.map(({ key }) => ({ key, aspect: 'pen', value: pen })));
  }

  /** How lines run; of shapes only. */
  dash(dash: number): void {
    this.change(this.shapes.map(({ key }) => ({ key, aspect: 'dash', value: dash })));
  }

  fill(fill: number): void {
    this.change(this.shapes.map(({ key }) => ({ key, aspect: 'fill', value: fill })));
  }

  private get shapes(): Item[] {
    return this.free.filter(({ kind }) => isShape(kind));
  }

  width(size: number): void {
    this.change(this.coloured.map(({ key }) => ({ key, aspect: 'size', value: size })));
  }

  /** What is written in it, for the clipboards of other programs. */
  get text(): string {
    return this.items.flatMap(({ kind, text }) => (isWriting(kind) ? [text] : [])).join('\n');
  }

  /** Into the clipboard of all boards; gives it for the system's, as `BOARD_TYPE`. */
  copy(byButton: boolean): string {
    const { files } = this.ports;
    return clipboard.put({ items: [...this.items].sort((a, b) => a.z - b.z), files }, byButton);
  }

  /** What was copied comes with its middle to `at`, logical pixels. */
  paste({ items, files }: Copied, at: { x: number; y: number }): void {
    const box = boxOfItems(items, this.ports.letters());
    if (!box) return;
    const by = moved(at.x - (box.left + box.right) / 2, at.y - (box.top + box.bottom) / 2);
    if (files === this.ports.files) return this.insert(items, by);
    // Files of another lesson are not to be had in this one: they are sent anew.
    this.insert(
      items.filter(({ kind }) => kind !== 'image'),
      by,
    );
    if (files === null) return;
    for (const item of items)
      if (item.kind === 'image') this.ports.onForeign({ ...item, place: multiply(by, item.place ?? IDENTITY) }, files);
  }

  duplicate(): void {
    this.insert(
      [...this.items].sort((a, b) => a.z - b.z),
      moved(ASIDE, ASIDE),
    );
  }

  /** To another page, as one act: copies there, and the originals go. */
  toPage(page: string): void {
    const { free, ports } = this;
    if (free.length === 0) return;
    const act: Act = [];
    const keys = copyItems(
      ports.doc,
      ports.author,
      [...free].sort((a, b) => a.z - b.z),
      { z: ports.reader.top() + 1, page, move: ({ place }) => place },
    );
    ports.acts.drew(keys, act);
    ports.acts.erase(
      free.map(({ key }) => key),
      act,
    );
    ports.onAct();
    this.refresh();
  }

  private insert(items: readonly Item[], by: Matrix): void {
    if (items.length === 0) return;
    const { ports } = this;
    const keys = copyItems(ports.doc, ports.author, items, {
      z: ports.reader.top() + 1,
      page: ports.page(),
      move: ({ place }) => multiply(by, place ?? IDENTITY),
    });
    ports.acts.drew(keys);
    ports.onAct();
    this.keys = keys;
    this.refresh();
  }

  private change(changes: readonly Change[], act: Act = []): void {
    if (changes.length === 0) return;
    this.ports.acts.change(changes, act);
    this.ports.onAct();
    this.refresh();
  }
}
