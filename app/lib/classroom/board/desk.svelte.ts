/** The board of one viewer: puts document, painter, tools, pointers and keys together, and says what the page shows of it. */
import { untrack } from 'svelte';
import { plainOf, readBoard, type BoardReader, type Item } from '#sync/documents/board-reader.ts';
import type { ItemHead } from '#sync/documents/board.ts';
import type { Author } from '#sync/documents/people.ts';
import { toBoard, type Box } from '#sync/draw/camera.ts';
import type { Palette } from '#sync/draw/item.ts';
import { ROUGHLY, type Lettering } from '#sync/draw/words.ts';
import type { ConnectedDocument } from '../sync.ts';
import { Acts } from './acts.ts';
import type { Arrivals } from './arrivals.svelte.ts';
import { arrivalsOf } from './arrive.ts';
import { CursorSender, readCursors, type Cursor } from './cursors.ts';
import { boardFile, download, fileName, type BoardSource, type FileKind } from './files.ts';
import type { Course } from './embed.ts';
import { Follow } from './follow.svelte.ts';
import { Gestures } from './gestures.ts';
import type { BoardKey } from './keys.ts';
import { kitOf, under, type Kit } from './kit.ts';
import { Letters } from './lettering.ts';
import type { PasteProblem } from './paste.ts';
import { Pages } from './pages.svelte.ts';
import { Painter, type Canvases } from './painter.ts';
import { onThemeChange, readPalette } from './palette.ts';
import { BoardPictures } from './pictures.ts';
import { editSelected, pressKey } from './press.ts';
import type { Selection } from './selection.svelte.ts';
import { Stay } from './stays.ts';
import { Tally } from './tally.svelte.ts';
import { Tools } from './tools.svelte.ts';
import { ALL_SAFE, LOOK_MS, Overdue } from './unsafe.ts';
import { View } from './view.svelte.ts';
import type { Words } from './words.svelte.ts';

export interface Elements extends Canvases {
  readonly root: HTMLElement;
  readonly surface: HTMLElement;
}

/** What the board says of a gesture that had not the end that was wanted. */
export type Said = 'fingers' | 'whole' | PasteProblem;

export class BoardDesk {
  readonly view = new View();
  readonly tools: Tools;
  readonly selection: Selection;
  readonly words: Words;
  readonly pages: Pages;
  readonly follow: Follow;
  readonly tally: Tally;
  cursors: readonly Cursor[] = $state.raw([]);
  /** Where the own laser points. */
  laser: { x: number; y: number } | null = $state.raw(null);
  /** Own things that the server has not said to have for a while. */
  overdue: ReadonlySet<string> = $state.raw(ALL_SAFE);
  canUndo = $state(false);
  canRedo = $state(false);
  /** The own pen is down. */
  drawing = $state(false);
  /** The box that is drawn to catch what lies in it. */
  catching: Box | null = $state.raw(null);
  readonly document: ConnectedDocument;
  readonly person: Author;
  readonly reader: BoardReader;
  readonly acts: Acts;
  readonly host: boolean;
  private readonly stay: Stay;
  private readonly hostId: string | null;
  readonly pictures: BoardPictures;
  readonly arrivals: Arrivals;
  /** What was put down last, for those who do not see it. */
  arrived = $state('');
  /** What was last taken back or done again, for those who do not see it. */
  undone: { readonly redo: boolean; readonly count: number } = $state.raw({ redo: false, count: 0 });
  /** The list of keys is open. */
  showsKeys = $state(false);
  /** The picture whose words are written anew. */
  captioned: Item | null = $state.raw(null);
  /** What the board has to say of the last gesture; `count` rises with each. */
  said: { readonly what: Said | null; readonly count: number } = $state.raw({ what: null, count: 0 });
  private palette: Palette = $state.raw({ pens: [], notes: [], ground: null, dots: null });
  private letters: Lettering = $state.raw(ROUGHLY);
  private painter: Painter | null = null;
  private surface: HTMLElement | null = null;
  private files: Omit<BoardSource, 'pages'> | null = null;
  private input: Gestures | null = null;
  private sender: CursorSender | null = null;
  readonly kit: Kit;
  private may = false;

  /**
   * @param host may change what others drew, and leads.
   * @param hostId whom the others follow; null when nobody leads.
   * @param files where the lesson's files are kept; null when this board has none.
   * @param own it is the viewer's own, beside the class's.
   * @param mayAdd whether the viewer adds pages; reactive.
   * @param stay what is left of the viewer's last look at it.
   */
  constructor(
    document: ConnectedDocument,
    person: Author,
    {
      host,
      hostId,
      files,
      own = false,
      mayAdd = () => true,
      stay = new Stay(),
    }: {
      host: boolean;
      hostId: string | null;
      files: string | null;
      own?: boolean | undefined;
      mayAdd?: (() => boolean) | undefined;
      stay?: Stay | undefined;
    },
  ) {
    this.document = document;
    this.person = { personId: person.personId, name: person.name };
    this.host = host;
    this.stay = stay;
    this.hostId = hostId;
    this.pictures = new BoardPictures(files);
    this.arrivals = arrivalsOf(this, files);
    this.reader = readBoard(document.doc);
    this.tools = stay.hand.tools ??= new Tools();
    this.acts = stay.acts ??= new Acts(document.doc, this.person);
    this.acts.goOnWith(document.doc);
    const base = { doc: document.doc, author: this.person, reader: this.reader, acts: this.acts };
    this.pages = new Pages({
      ...base,
      arranges: host || own,
      mayTurn: () => this.view.moves(),
      mayAdd,
      arriving: () => document.status === 'connecting',
      onTurn: () => this.turned(),
      onAct: () => this.tellActs(),
    });
    const kit = kitOf({
      ...base,
      tools: this.tools,
      view: this.view,
      painter: () => this.painter,
      letters: () => this.letters,
      leads: host,
      page: () => this.page,
      head: () => this.head(),
      mayTouch: (item) => this.mayTouch(item),
      onShow: (own) => this.show(own),
      onCatch: (box) => (this.catching = box),
      files,
      onForeign: (item, from) => this.arrivals.carry(item, from),
      onAct: () => this.tellActs(),
      onWhole: () => this.tell('whole'),
    });
    ({ selection: this.selection, words: this.words } = kit);
    this.kit = kit;
    this.tally = new Tally(
      this.reader,
      () => this.page,
      () => this.selection.refresh(),
    );
    this.follow = new Follow({
      awareness: document.awareness,
      hostId,
      host,
      strayed: stay.strayed,
      busy: () => this.handIsBusy,
      show: (page, box) => {
        this.pages.show(page);
        this.view.show(box);
      },
      hold: (held) => (this.view.held = held),
    });
    this.view.onMove = () => this.follow.leave();
    if (stay.page !== null) this.pages.show(stay.page);
    if (stay.camera) this.view.restore(stay.camera);
    this.tally.turned();
  }

  /** Returns the way to stop. */
  mount({ root, surface, ...canvases }: Elements): () => void {
    this.surface = surface;
    const letters = new Letters(root, () => {
      this.letters = letters;
      this.painter?.setLetters(letters);
      this.selection.refresh();
    });
    this.letters = letters;
    this.files = { reader: this.reader, letters, root, pictures: this.pictures };
    this.palette = readPalette(root);
    const painter = new Painter(canvases, this.reader, this.palette, this.letters, (key) => this.leads(key));
    this.painter = painter;
    painter.setPictures(this.pictures.full);
    const stopPictures = this.pictures.onCame((file) => painter.pictureCame(file));
    painter.turnTo(this.page);
    this.input = this.listen(surface);
    const sizes = new ResizeObserver(() => this.resize(surface));
    sizes.observe(surface);
    const stopTheme = onThemeChange(() => {
      this.palette = readPalette(root);
      painter.setPalette(this.palette);
    });
    let first = this.tally.count === 0;
    const stopReading = this.reader.onChange(() => {
      // What was there before the viewer came is shown whole, however many parts it comes in; what comes later moves
      // nobody's board.
      if (first && this.reader.count(this.page) > 0) {
        first = this.document.status === 'connecting';
        if (this.view.whole) this.fitPage();
      }
      this.tally.soon();
    });
    const { awareness, pointers } = this.document;
    this.sender = new CursorSender(awareness, this.person, (at) => this.document.point(at));
    const onPointers = (): void => {
      this.cursors = readCursors(pointers.all, awareness.getStates(), this.person.personId);
    };
    awareness.on('change', onPointers);
    const stopPointers = pointers.onChange(onPointers);
    onPointers();
    const stopEffects = $effect.root(() => {
      $effect(() => {
        painter.look(this.view.camera);
        // Not of the first page while the one that was shown before is still on its way.
        if (this.pages.awaited === null) this.follow.tell(this.page, this.view.box);
      });
      $effect(() => {
        this.stay.camera = this.view.whole || this.follow.following ? null : this.view.camera;
      });
      $effect(() => {
        const page = this.pages.awaited ?? this.page;
        this.stay.keep({ page, strayed: this.follow.strayed });
      });
      $effect(() => {
        // Who leads is not kept waiting for a page that was deleted meanwhile.
        if (this.document.status === 'connecting') return;
        untrack(() => {
          if (!this.follow.following) this.pages.arrived();
        });
      });
      $effect(() => painter.setPaper(this.pages.paper));
      const waits = $derived(this.document.unsaved > 0);
      $effect(() => (waits ? this.watchUnsafe() : undefined));
      $effect(() => painter.setFaint(this.overdue));
      $effect(() => painter.setLoading(this.document.status === 'connecting'));
      $effect(() => {
        if (this.document.status !== 'connecting' && this.reader.count(this.page) > 0) first = false;
      });
    });
    this.follow.begin();
    this.tellActs();
    return () => {
      this.words.close();
      this.kit.figures.cancel();
      stopEffects();
      stopReading();
      stopPictures();
      this.arrivals.destroy();
      this.pictures.destroy();
      stopTheme();
      sizes.disconnect();
      awareness.off('change', onPointers);
      stopPointers();
      this.tally.destroy();
      this.input?.destroy();
      this.kit.pen.destroy();
      this.sender?.destroy();
      painter.destroy();
      this.painter = null;
      this.follow.destroy();
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

  /** Whether this viewer may change the board now. */
  get mayDraw(): boolean {
    return this.may;
  }

  /** Whether this person may move, erase or lock this item: the server asks the same. */
  mayTouch({ key }: Pick<Item, 'key'>): boolean {
    return this.host || this.reader.author(key)?.personId === this.person.personId;
  }

  /** Looks what is not safe now and then, and no longer than that is anything. */
  private watchUnsafe(): () => void {
    const watch = new Overdue();
    const look = (): void => {
      const now = watch.look(this.document.unsafe, performance.now());
      if (now.size !== this.overdue.size || [...now].some((key) => !this.overdue.has(key))) this.overdue = now;
    };
    const timer = setInterval(look, LOOK_MS);
    return () => {
      clearInterval(timer);
      if (this.overdue.size > 0) this.overdue = ALL_SAFE;
    };
  }

  /** Who else drew what lies highest at a point of the window, CSS pixels; null for nobody, oneself or the unknown. */
  othersAt(x: number, y: number): string | null {
    const ports = { painter: () => this.painter, view: this.view };
    const [item] = under(ports, toBoard(this.view.camera, x, y));
    const author = item ? this.reader.author(item.key) : null;
    return author && author.personId !== this.person.personId ? author.name : null;
  }

  /** What the viewer sees must not move from under what they do. */
  private get handIsBusy(): boolean {
    const { pen, figures, eraser, hand, words } = this.kit;
    return pen.down || eraser.down || hand.down || figures.open || words.open !== null;
  }

  /** Whether whoever is followed draws this: everybody sees that first. */
  private leads(key: string): boolean {
    return this.hostId !== null && this.reader.author(key)?.personId === this.hostId;
  }

  /** Space is held: a press moves the board. */
  hold(held: boolean): void {
    this.input?.hold(held);
  }

  /** Whatever is in the hand stays as it is. */
  putDown(): void {
    this.words.close();
    this.kit.pen.end();
    this.kit.figures.cancel();
    this.kit.eraser.end();
    this.kit.hand.end();
  }

  undo(): void {
    // While a board is still on its way, nothing that was done on it is there.
    if (this.document.status === 'connecting') return;
    this.putDown();
    this.tally.clear(0);
    this.acts.undo();
    this.undone = { redo: false, count: this.undone.count + 1 };
    this.tellActs();
  }

  redo(): void {
    if (this.document.status === 'connecting') return;
    this.acts.redo();
    this.undone = { redo: true, count: this.undone.count + 1 };
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
    this.tally.clear(gone.length);
  }

  fit(): void {
    if (this.view.moves()) this.fitPage();
  }

  private fitPage(): void {
    this.view.fit(this.painter?.extent() ?? null);
  }

  /**
   * Saves the page that is shown or all pages, those always as a PDF. Gives how many pictures could not be had for it.
   * @throws when this browser cannot, and when it was ended.
   *
   * @param title what the board is about.
   */
  async save(kind: FileKind, all: boolean, title: string, course: Course): Promise<number> {
    if (!this.files) return 0;
    const { list } = this.pages;
    const index = all ? null : this.pages.index;
    const { blob, missing } = await boardFile({ ...this.files, pages: list }, index, kind, course, title);
    course.signal.throwIfAborted();
    download(blob, fileName(title, index, kind));
    return missing;
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

  chooseDash(dash: number): void {
    this.tools.chooseStyle({ dash });
    this.selection.dash(dash);
  }

  chooseFill(fill: number): void {
    this.tools.chooseStyle({ fill });
    this.selection.fill(fill);
  }

  press(key: BoardKey): void {
    pressKey(this, key);
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
    return this.kit.figures.open || this.words.open !== null || this.selection.keys.length > 0;
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
    this.tally.clear(0);
    this.painter?.turnTo(this.page);
    this.tally.turned();
    const { page, camera } = this.stay;
    // A page that came only now is shown as it was left.
    if (!this.follow.following && page === this.page && camera) this.view.restore(camera);
    else if (!this.follow.following) this.fitPage();
    this.sender?.point(null, this.page, false);
  }

  private show(own: Item | null): void {
    this.drawing = own !== null;
    this.painter?.setOwn(own);
  }

  private resize(surface: HTMLElement): void {
    const { clientWidth: width, clientHeight: height } = surface;
    // Hidden behind a shared screen: nothing to paint, and the place is kept.
    if (width === 0 || height === 0) return;
    this.painter?.resize({ width, height }, devicePixelRatio);
    this.view.resize({ width, height }, this.painter?.extent() ?? null);
  }

  private listen(surface: HTMLElement): Gestures {
    return new Gestures(surface, {
      ...this.kit,
      tools: this.tools,
      view: this.view,
      may: () => this.may,
      onLaser: (at) => {
        this.laser = at;
        this.sender?.point(at, this.page, at !== null);
      },
      onHover: (at) => this.sender?.point(at, this.page, false),
      onTwice: (at) => {
        const [item] = under({ painter: () => this.painter, view: this.view }, at);
        if (!item || !this.may || !this.mayTouch(item)) return;
        this.selection.set([item]);
        editSelected(this);
      },
      onDone: () => this.tellActs(),
      onStylus: () => {
        if (this.tools.sawStylus()) this.tell('fingers');
      },
    });
  }

  /** Writes anew what the picture is called; null leaves it. */
  caption(text: string | null): void {
    const item = this.captioned;
    this.captioned = null;
    const before = item && plainOf(item);
    if (item && before?.kind === 'image' && text !== null && text !== before.text)
      this.acts.write(item.key, before, { ...before, text }, []);
    this.tellActs();
    this.focus();
  }

  /** What is selected goes to another page, and the viewer with it. */
  moveTo(page: string): void {
    this.selection.toPage(page);
    this.pages.turnTo(page);
  }

  /** Says something of what was just done; null for nothing. */
  tell(what: Said | null): void {
    if (what) this.said = { what, count: this.said.count + 1 };
  }

  /** Undo and redo have something else to do now. */
  tellActs(): void {
    this.canUndo = this.acts.canUndo;
    this.canRedo = this.acts.canRedo;
  }
}
