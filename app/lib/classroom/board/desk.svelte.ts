/** The board of one viewer: puts document, painter, tools, pointers and keys together, and says what the page shows of it. */
import { readBoard, type BoardReader, type Item } from '#sync/documents/board-reader.ts';
import type { ItemHead } from '#sync/documents/board.ts';
import { isWriting } from '#sync/documents/items.ts';
import type { Author } from '#sync/documents/people.ts';
import type { Box } from '#sync/draw/camera.ts';
import type { Palette } from '#sync/draw/item.ts';
import { ROUGHLY, type Lettering } from '#sync/draw/words.ts';
import type { ConnectedDocument } from '../sync.ts';
import { Acts } from './acts.ts';
import { CursorSender, readCursors, type Cursor } from './cursors.ts';
import { Eraser } from './eraser.ts';
import { FigurePen } from './figure-pen.ts';
import { Gestures } from './gestures.ts';
import { Hand } from './hand.ts';
import type { BoardKey } from './keys.ts';
import { lettersOf } from './lettering.ts';
import { Pages } from './pages.svelte.ts';
import { Painter } from './painter.ts';
import { onThemeChange, readPalette } from './palette.ts';
import { Pen } from './pen.ts';
import { pressKey } from './press.ts';
import { Selection } from './selection.svelte.ts';
import { Tools } from './tools.svelte.ts';
import { View } from './view.svelte.ts';
import { Words } from './words.svelte.ts';

export interface Elements {
  readonly root: HTMLElement;
  readonly surface: HTMLElement;
  readonly base: HTMLCanvasElement;
  readonly top: HTMLCanvasElement;
}

/** CSS pixels around a press that selects. */
const PRESS = 8;
/** How long clearing can be taken back from where one looks, ms; undo works longer. */
const TAKE_BACK_MS = 8_000;
/** Counting takes all items into its hand, so it is done now and then, ms; and by a timer, which hidden pages have too. */
const COUNT_MS = 40;

export class BoardDesk {
  readonly view = new View();
  readonly tools = new Tools();
  readonly selection: Selection;
  readonly words: Words;
  readonly pages: Pages;
  count = $state(0);
  authors: { name: string | null; count: number }[] = $state.raw([]);
  cursors: readonly Cursor[] = $state.raw([]);
  /** Where the own laser points. */
  laser: { x: number; y: number } | null = $state.raw(null);
  canUndo = $state(false);
  canRedo = $state(false);
  /** The own pen is down. */
  drawing = $state(false);
  /** The box that is drawn to catch what lies in it. */
  catching: Box | null = $state.raw(null);
  /** Items that were just cleared; 0 for none. */
  cleared = $state(0);
  readonly document: ConnectedDocument;
  readonly person: Author;
  readonly reader: BoardReader;
  readonly acts: Acts;
  readonly host: boolean;
  private palette: Palette = $state.raw({ pens: [], notes: [], ground: null, dots: null });
  private letters: Lettering = $state.raw(ROUGHLY);
  private painter: Painter | null = null;
  private surface: HTMLElement | null = null;
  private input: Gestures | null = null;
  private sender: CursorSender | null = null;
  private readonly pen: Pen;
  private readonly figures: FigurePen;
  private readonly eraser: Eraser;
  private readonly hand: Hand;
  private may = false;
  private counting: ReturnType<typeof setTimeout> | undefined;
  private forgetting: ReturnType<typeof setTimeout> | undefined;

  /** @param host may change what others drew. */
  constructor(document: ConnectedDocument, person: Author, host: boolean) {
    this.document = document;
    this.person = { personId: person.personId, name: person.name };
    this.host = host;
    this.reader = readBoard(document.doc);
    this.acts = new Acts(document.doc, this.person);
    const base = { doc: document.doc, author: this.person, reader: this.reader, acts: this.acts };
    this.pages = new Pages({
      ...base,
      host,
      onTurn: () => this.turned(),
      onAct: () => this.tellActs(),
    });
    const mayTouch = (item: Item): boolean => this.mayTouch(item);
    const head = (): ItemHead => this.head();
    const onShow = (own: Item | null): void => this.show(own);
    const onDrawn = (key: string): void => {
      this.acts.drew(key);
      this.tellActs();
    };
    this.selection = new Selection({
      ...base,
      page: () => this.page,
      letters: () => this.letters,
      mayTouch,
      onAct: () => this.tellActs(),
    });
    this.words = new Words({
      ...base,
      head,
      onOpen: (key) => this.painter?.hide(key),
      onDone: () => this.tellActs(),
    });
    this.pen = new Pen({
      ...base,
      head: () => ({ ...this.head(), highlighter: this.tools.tool === 'highlighter' }),
      onInk: onShow,
      onSealed: onDrawn,
    });
    this.figures = new FigurePen({ ...base, head, near: () => 12 / this.view.camera.zoom, onShow, onDrawn });
    this.eraser = new Eraser({ ...base, mayTouch, hit: (a, b, reach) => this.painter?.hit(a, b, reach) ?? [] });
    this.hand = new Hand({
      selection: this.selection,
      mayTouch,
      under: (at) => this.under(at),
      within: (box) => this.painter?.within(box) ?? [],
      pixel: () => 1 / this.view.camera.zoom,
      onLift: (items, by) => this.painter?.setLift(items, by),
      onCatch: (box) => (this.catching = box),
    });
    this.recount();
  }

  /** Returns the way to stop. */
  mount({ root, surface, base, top }: Elements): () => void {
    this.surface = surface;
    this.letters = lettersOf(root);
    this.palette = readPalette(root);
    const painter = new Painter(base, top, this.reader, this.palette, this.letters);
    this.painter = painter;
    painter.turnTo(this.page);
    this.input = this.listen(surface);
    const sizes = new ResizeObserver(() => this.resize(surface));
    sizes.observe(surface);
    const stopTheme = onThemeChange(() => {
      this.palette = readPalette(root);
      painter.setPalette(this.palette);
    });
    let first = this.count === 0;
    const stopReading = this.reader.onChange(() => {
      // What was there before the viewer came is shown whole; what comes later moves nobody's board.
      if (first && this.reader.count(this.page) > 0) {
        first = false;
        if (this.view.whole) this.fit();
      }
      this.counting ??= setTimeout(() => this.recount(), COUNT_MS);
    });
    const { awareness } = this.document;
    this.sender = new CursorSender(awareness, this.person);
    const onAwareness = (): void => {
      this.cursors = readCursors(awareness, this.person.personId);
    };
    awareness.on('change', onAwareness);
    onAwareness();
    const stopEffects = $effect.root(() => {
      $effect(() => painter.look(this.view.camera));
      $effect(() => painter.setPaper(this.pages.paper));
    });
    return () => {
      this.words.close();
      this.figures.cancel();
      stopEffects();
      stopReading();
      stopTheme();
      sizes.disconnect();
      awareness.off('change', onAwareness);
      clearTimeout(this.counting);
      clearTimeout(this.forgetting);
      this.input?.destroy();
      this.pen.destroy();
      this.sender?.destroy();
      painter.destroy();
      this.painter = null;
      this.pages.destroy();
      this.reader.destroy();
    };
  }

  /** Whether this viewer may change the board now. */
  allow(may: boolean): void {
    this.may = may;
    if (may) return;
    this.putDown();
    this.selection.clear();
  }

  /** Whether this person may move, erase or lock this item: the server asks the same. */
  mayTouch({ key }: Pick<Item, 'key'>): boolean {
    return this.host || this.reader.author(key)?.personId === this.person.personId;
  }

  /** Space is held: a press moves the board. */
  hold(held: boolean): void {
    this.input?.hold(held);
  }

  /** Whatever is in the hand stays as it is. */
  putDown(): void {
    this.words.close();
    this.pen.end();
    this.figures.cancel();
    this.eraser.end();
    this.hand.end();
  }

  undo(): void {
    this.putDown();
    this.cleared = 0;
    this.acts.undo();
    this.tellActs();
  }

  redo(): void {
    this.acts.redo();
    this.tellActs();
  }

  /** Takes away what is on this page: everything for the host, else one's own. */
  clear(): void {
    this.putDown();
    const gone = this.acts.erase(
      this.reader
        .visible(this.page)
        .filter((item) => !item.locked && this.mayTouch(item))
        .map(({ key }) => key),
      [],
    );
    this.tellActs();
    this.cleared = gone.length;
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => (this.cleared = 0), TAKE_BACK_MS);
  }

  fit(): void {
    this.view.fit(this.painter?.extent() ?? null);
  }

  /** What is chosen for the pen goes for the selection too. */
  choosePen(pen: number): void {
    this.tools.choosePen(pen);
    this.selection.colour(pen);
  }

  chooseSize(size: number): void {
    this.tools.chooseSize(size);
    this.selection.width(this.tools.width);
  }

  press(key: BoardKey): void {
    pressKey(this, key);
  }

  /** Closes the polygon, opens the one selected writing; false when there is nothing to do. */
  enter(): boolean {
    if (this.figures.open) this.figures.close();
    else return this.editSelected();
    return true;
  }

  /** Opens the one writing that is selected, if it is one's own. */
  editSelected(): boolean {
    const [item, ...more] = this.selection.items;
    if (!item || more.length > 0 || !isWriting(item.kind) || item.locked) return false;
    if (this.reader.author(item.key)?.personId !== this.person.personId) return false;
    this.words.edit(item);
    return true;
  }

  escape(): void {
    this.figures.cancel();
    this.words.close();
    this.selection.clear();
  }

  /** A figure was put there by a key: it is selected. */
  drew(key: string): void {
    this.acts.drew(key);
    this.tellActs();
    const item = this.reader.get(key);
    this.tools.tool = 'select';
    if (item) this.selection.set([item]);
  }

  /** Key of the page that is shown. */
  get page(): string {
    return this.pages.current;
  }

  /** How things look here, for pictures beside the board. */
  get look(): { palette: Palette; letters: Lettering } {
    return { palette: this.palette, letters: this.letters };
  }

  /** Whether there is something that Escape would end. */
  get isBusy(): boolean {
    return this.figures.open || this.words.open !== null || this.selection.keys.length > 0;
  }

  /** Keys go to the board again. */
  focus(): void {
    this.surface?.focus({ preventScroll: true });
  }

  /** The middle of what is looked at. */
  get middle(): { x: number; y: number } {
    return this.view.middle;
  }

  head(): ItemHead {
    return { z: this.reader.top() + 1, pen: this.tools.pen, size: this.tools.width, page: this.page };
  }

  private turned(): void {
    this.putDown();
    this.selection.clear();
    this.cleared = 0;
    this.painter?.turnTo(this.page);
    this.recount();
    this.fit();
    this.sender?.point(null, this.page, false);
  }

  private show(own: Item | null): void {
    this.drawing = own !== null;
    if (!this.painter) return;
    this.painter.own = own;
    this.painter.request();
  }

  private under(at: { x: number; y: number }): readonly Item[] {
    return this.painter?.hit(at, at, PRESS / this.view.camera.zoom) ?? [];
  }

  private resize(surface: HTMLElement): void {
    const { clientWidth: width, clientHeight: height } = surface;
    // Hidden behind a shared screen: nothing to paint, and the place is kept.
    if (width === 0 || height === 0) return;
    this.painter?.resize({ width, height }, devicePixelRatio);
    this.view.resize({ width, height }, this.painter?.extent() ?? null);
  }

  private listen(surface: HTMLElement): Gestures {
    const { tools, view, words, pen, figures, eraser, hand } = this;
    return new Gestures(surface, {
      ...{ tools, view, words, pen, figures, eraser, hand },
      may: () => this.may,
      onLaser: (at) => {
        this.laser = at;
        this.sender?.point(at, this.page, at !== null);
      },
      onHover: (at) => this.sender?.point(at, this.page, false),
      onTwice: (at) => {
        const [item] = this.under(at);
        if (!item || !this.mayTouch(item)) return;
        this.selection.set([item]);
        this.editSelected();
      },
      onDone: () => this.tellActs(),
    });
  }

  private tellActs(): void {
    this.canUndo = this.acts.canUndo;
    this.canRedo = this.acts.canRedo;
  }

  private recount(): void {
    this.counting = undefined;
    this.count = this.reader.count(this.page);
    this.authors = this.reader.tally(this.page);
    this.selection.refresh();
  }
}
