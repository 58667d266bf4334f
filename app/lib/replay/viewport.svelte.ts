/** The board of a replay on a screen: painted like a live one, looked around in, and asked what stands where. */
import type { BoardReplay } from '#sync/documents/board-replay.ts';
import type { Item } from '#sync/documents/board-reader.ts';
import { FIRST_PAGE } from '#sync/documents/board.ts';
import type { BoardPage } from '#sync/documents/pages.ts';
import { boxOfItems } from '#sync/draw/board.ts';
import { toBoard, toScreen, type Box } from '#sync/draw/camera.ts';
import { boxOfItem } from '#sync/draw/item.ts';
import { ROUGHLY, type Lettering } from '#sync/draw/words.ts';
import { PointerInput } from '../classroom/board/input.ts';
import { Letters } from '../classroom/board/lettering.ts';
import { Painter, type Canvases } from '../classroom/board/painter.ts';
import { BoardPictures } from '../classroom/board/pictures.ts';
import { onThemeChange, readPalette } from '../classroom/board/palette.ts';
import { View } from '../classroom/board/view.svelte.ts';

export interface ViewportElements extends Canvases {
  readonly root: HTMLElement;
  readonly surface: HTMLElement;
}

/** CSS pixels around a press that still mean what lies there, and that a press may stray. */
const REACH = 8;
const STRAY = 5;

export class Viewport {
  readonly view = new View();
  /** Key of the page that is shown. */
  page = $state(FIRST_PAGE);
  pages: readonly BoardPage[] = $state.raw([]);
  count = $state(0);
  /** The page is the one where something happens. */
  follows = $state(true);
  /** A frame around one thing, board coordinates. */
  marked: { readonly page: string; readonly box: Box } | null = $state.raw(null);
  private readonly board: BoardReplay;
  private readonly files: string;
  private readonly onPick: (item: Item) => void;
  private painter: Painter | null = null;
  private letters: Lettering = ROUGHLY;
  private readonly extents: Record<string, Box | null> = {};

  /** @param files path of the lesson's files, for images. */
  constructor(board: BoardReplay, files: string, onPick: (item: Item) => void) {
    this.board = board;
    this.files = files;
    this.onPick = onPick;
  }

  /** Returns the way to stop. */
  mount({ root, surface, ...canvases }: ViewportElements): () => void {
    const letters = new Letters(root, () => {
      this.letters = letters;
      this.painter?.setLetters(letters);
    });
    this.letters = letters;
    const painter = new Painter(canvases, this.board, readPalette(root), letters);
    this.painter = painter;
    painter.turnTo(this.page);
    const pictures = new BoardPictures(this.files);
    painter.setPictures(pictures.full);
    const stopPictures = pictures.onCame((file) => painter.pictureCame(file));
    const stopTheme = onThemeChange(() => painter.setPalette(readPalette(root)));
    const { view } = this;
    const input = new PointerInput(surface, {
      mode: () => 'move',
      fingersDraw: () => false,
      begin: () => undefined,
      move: () => undefined,
      end: () => undefined,
      pan: (dx, dy) => view.pan(dx, dy),
      zoom: (factor, x, y) => view.zoom(factor, x, y),
      cancel: () => undefined,
      stylus: () => undefined,
      twice: () => undefined,
      hover: () => undefined,
    });
    const stopPresses = this.listen(surface);
    const sizes = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = surface;
      if (width === 0 || height === 0) return;
      painter.resize({ width, height }, devicePixelRatio);
      view.resize({ width, height }, this.extentOf(this.page));
    });
    sizes.observe(surface);
    const stopEffects = $effect.root(() => {
      $effect(() => painter.look(view.camera));
      $effect(() => painter.setPaper(this.pages.find(({ key }) => key === this.page)?.paper ?? 'dots'));
    });
    this.update();
    return () => {
      stopEffects();
      stopPresses();
      stopTheme();
      stopPictures();
      pictures.destroy();
      sizes.disconnect();
      input.destroy();
      painter.destroy();
      this.painter = null;
    };
  }

  /** Another moment is on the board. */
  update(): void {
    this.pages = this.board.pages();
    if (this.follows) this.show(this.board.focus());
    else if (!this.pages.some(({ key }) => key === this.page)) this.show(this.pages[0]?.key ?? FIRST_PAGE);
    this.count = this.board.count(this.page);
  }

  /** The viewer turns to a page by themselves. */
  turnTo(key: string): void {
    this.follows = false;
    this.show(key);
    this.count = this.board.count(this.page);
  }

  follow(follows: boolean): void {
    this.follows = follows;
    this.update();
  }

  /** From 0. */
  get index(): number {
    return Math.max(
      0,
      this.pages.findIndex(({ key }) => key === this.page),
    );
  }

  fit(): void {
    this.view.fit(this.extentOf(this.page));
  }

  /** Puts a frame around an item, where it stands in the end; null takes it away. */
  mark(item: Item | null): void {
    const box = item && boxOfItem(item, this.letters);
    this.marked = item && box ? { page: item.page, box } : null;
  }

  /** The frame in CSS pixels of the surface; null when it is on another page. */
  get frame(): { x: number; y: number; width: number; height: number } | null {
    const { marked } = this;
    if (marked?.page !== this.page) return null;
    const from = toScreen(this.view.camera, marked.box.left, marked.box.top);
    const to = toScreen(this.view.camera, marked.box.right, marked.box.bottom);
    return { x: from.x - 4, y: from.y - 4, width: to.x - from.x + 8, height: to.y - from.y + 8 };
  }

  /** What is under a point of the surface, CSS pixels. */
  under(x: number, y: number): Item | null {
    const at = toBoard(this.view.camera, x, y);
    return this.painter?.hit(at, at, REACH / this.view.camera.zoom)[0] ?? null;
  }

  private show(key: string): void {
    if (key === this.page) return;
    this.page = key;
    this.painter?.turnTo(key);
    this.fit();
  }

  /** All that ever stood there: what is shown does not jump while it grows. */
  private extentOf(page: string): Box | null {
    const known = this.extents[page];
    if (known !== undefined) return known;
    const box = boxOfItems(this.board.finals(page), this.letters);
    this.extents[page] = box;
    return box;
  }

  /** A press that does not stray means what lies there. */
  private listen(surface: HTMLElement): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    let down: { x: number; y: number } | null = null;
    surface.addEventListener('pointerdown', (event) => (down = event.isPrimary ? event : null), { signal });
    surface.addEventListener(
      'pointerup',
      (event) => {
        if (!down || Math.hypot(event.clientX - down.x, event.clientY - down.y) > STRAY) return;
        down = null;
        const { left, top } = surface.getBoundingClientRect();
        const item = this.under(event.clientX - left, event.clientY - top);
        if (item) this.onPick(item);
      },
      { signal },
    );
    return () => stop.abort();
  }
}
