/** The board of one viewer: puts document, painter, pen, pointers and keys together, and says what the page shows of it. */
import { readBoard, type BoardReader } from '#sync/documents/board-reader.ts';
import type { InkPoint } from '#sync/documents/ink.ts';
import type { Author } from '#sync/documents/people.ts';
import { toBoard } from '#sync/draw/camera.ts';
import { never } from '#events/shared/never.ts';
import type { ConnectedDocument } from '../sync.ts';
import { Acts } from './acts.ts';
import { CursorSender, readCursors, type Cursor } from './cursors.ts';
import { PointerInput, type ScreenPoint } from './input.ts';
import type { BoardKey } from './keys.ts';
import { Painter } from './painter.ts';
import { onThemeChange, readPalette } from './palette.ts';
import { Pen } from './pen.ts';
import { Tools } from './tools.svelte.ts';
import { View } from './view.svelte.ts';

export interface Elements {
  readonly root: HTMLElement;
  readonly surface: HTMLElement;
  readonly base: HTMLCanvasElement;
  readonly top: HTMLCanvasElement;
}

/** CSS pixels around the eraser's point. */
const ERASER = 9;
/** How long clearing can be taken back from where one looks, ms; undo works longer. */
const TAKE_BACK_MS = 8_000;
/** Counting takes all strokes into its hand, so it is done now and then, ms; and by a timer, which hidden pages have too. */
const COUNT_MS = 40;

export class BoardDesk {
  readonly view = new View();
  readonly tools = new Tools();
  count = $state(0);
  authors: { name: string | null; count: number }[] = $state.raw([]);
  cursors: readonly Cursor[] = $state.raw([]);
  canUndo = $state(false);
  canRedo = $state(false);
  /** The own pen is down. */
  drawing = $state(false);
  /** Strokes that were just cleared; 0 for none. */
  cleared = $state(0);
  private readonly document: ConnectedDocument;
  private readonly person: Author;
  private readonly reader: BoardReader;
  private readonly acts: Acts;
  private painter: Painter | null = null;
  private input: PointerInput | null = null;
  private pen: Pen | null = null;
  private sender: CursorSender | null = null;
  private may = false;
  private erasing: { gesture: string[]; last: { x: number; y: number } } | null = null;
  private counting: ReturnType<typeof setTimeout> | undefined;
  private forgetting: ReturnType<typeof setTimeout> | undefined;

  constructor(document: ConnectedDocument, person: Author) {
    this.document = document;
    this.person = { personId: person.personId, name: person.name };
    this.reader = readBoard(document.doc);
    this.acts = new Acts(document.doc, this.person);
    this.recount();
  }

  /** Returns the way to stop. */
  mount({ root, surface, base, top }: Elements): () => void {
    const painter = new Painter(base, top, this.reader, readPalette(root));
    this.painter = painter;
    this.pen = new Pen({
      doc: this.document.doc,
      author: this.person,
      head: () => ({ z: this.reader.top() + 1, pen: this.tools.pen, size: this.tools.width }),
      onInk: (own) => {
        this.drawing = own !== null;
        painter.own = own;
        painter.request();
      },
      onSealed: (key) => {
        this.acts.drew(key);
        this.tellActs();
      },
    });
    this.input = this.listen(surface);
    const sizes = new ResizeObserver(() => this.resize(surface));
    sizes.observe(surface);
    const stopTheme = onThemeChange(() => painter.setPalette(readPalette(root)));
    let first = this.count === 0;
    const stopReading = this.reader.onChange(() => {
      // What was there before the viewer came is shown whole; what comes later moves nobody's board.
      if (first && this.reader.count() > 0) {
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
    const stopCamera = $effect.root(() => {
      $effect(() => painter.look(this.view.camera));
    });
    return () => {
      stopCamera();
      stopReading();
      stopTheme();
      sizes.disconnect();
      awareness.off('change', onAwareness);
      clearTimeout(this.counting);
      clearTimeout(this.forgetting);
      this.input?.destroy();
      this.pen?.destroy();
      this.sender?.destroy();
      painter.destroy();
      this.reader.destroy();
    };
  }

  /** Whether this viewer may change the board now. */
  allow(may: boolean): void {
    this.may = may;
    if (may) return;
    this.pen?.end();
    this.erasing = null;
  }

  /** Space is held: a press moves the board. */
  hold(held: boolean): void {
    if (this.input) this.input.space = held;
  }

  undo(): void {
    this.pen?.end();
    this.cleared = 0;
    this.acts.undo();
    this.tellActs();
  }

  redo(): void {
    this.acts.redo();
    this.tellActs();
  }

  clear(): void {
    const gone = this.acts.erase(
      this.reader.visible().map(({ key }) => key),
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

  press(key: BoardKey): void {
    switch (key.kind) {
      case 'tool':
        this.tools.tool = key.tool;
        return;
      case 'pen':
        return this.tools.choosePen(key.pen);
      case 'width':
        return this.tools.chooseSize(this.tools.size + key.step);
      case 'undo':
        return this.undo();
      case 'redo':
        return this.redo();
      case 'fit':
        return this.fit();
      case 'zoom-in':
        return this.view.zoomIn();
      case 'zoom-out':
        return this.view.zoomOut();
      case 'pan':
        return this.view.pan(key.dx, key.dy);
      default:
        never(key);
    }
  }

  private resize(surface: HTMLElement): void {
    const { clientWidth: width, clientHeight: height } = surface;
    // Hidden behind a shared screen: nothing to paint, and the place is kept.
    if (width === 0 || height === 0) return;
    this.painter?.resize({ width, height }, devicePixelRatio);
    this.view.resize({ width, height }, this.painter?.extent() ?? null);
  }

  private listen(surface: HTMLElement): PointerInput {
    const board = ({ x, y, pressure }: ScreenPoint): InkPoint => ({ ...toBoard(this.view.camera, x, y), pressure });
    return new PointerInput(surface, {
      mode: () => (!this.may || this.tools.tool === 'move' ? 'move' : this.tools.tool === 'eraser' ? 'erase' : 'draw'),
      begin: (at, pressure) => {
        if (this.tools.tool === 'eraser') {
          this.erasing = { gesture: [], last: board(at) };
          this.erase(board(at));
        } else this.pen?.begin(board(at), pressure);
      },
      move: (points) => {
        if (this.erasing) for (const point of points) this.erase(board(point));
        else this.pen?.move(points.map(board));
      },
      end: () => {
        this.erasing = null;
        this.pen?.end();
      },
      pan: (dx, dy) => this.view.pan(dx, dy),
      zoom: (factor, x, y) => this.view.zoom(factor, x, y),
      hover: (at) => this.sender?.point(at && board(at)),
    });
  }

  private erase(to: { x: number; y: number }): void {
    const { erasing, painter } = this;
    if (!erasing || !painter) return;
    const touched = painter.hit(erasing.last, to, ERASER / this.view.camera.zoom);
    erasing.last = to;
    if (touched.length > 0 && this.acts.erase(touched, erasing.gesture).length > 0) this.tellActs();
  }

  private tellActs(): void {
    this.canUndo = this.acts.canUndo;
    this.canRedo = this.acts.canRedo;
  }

  private recount(): void {
    this.counting = undefined;
    this.count = this.reader.count();
    this.authors = this.reader.tally();
  }
}
