/** Everything that a hand can do on a board, put together for one viewer. */
import type * as Y from 'yjs';
import { plainOf, type BoardReader, type Item } from '#sync/documents/board-reader.ts';
import type { ItemHead } from '#sync/documents/board.ts';
import type { Author } from '#sync/documents/people.ts';
import type { Box } from '#sync/draw/camera.ts';
import { applied, inverse } from '#sync/draw/matrix.ts';
import type { Lettering } from '#sync/draw/words.ts';
import type { Acts } from './acts.ts';
import { Eraser } from './eraser.ts';
import { FigurePen } from './figure-pen.ts';
import { Hand } from './hand.ts';
import type { Painter } from './painter.ts';
import { Pen } from './pen.ts';
import { Selection } from './selection.svelte.ts';
import type { Tools } from './tools.svelte.ts';
import type { View } from './view.svelte.ts';
import { Words } from './words.svelte.ts';

export interface KitPorts {
  readonly doc: Y.Doc;
  readonly author: Author;
  readonly reader: BoardReader;
  readonly acts: Acts;
  readonly tools: Tools;
  readonly view: View;
  readonly painter: () => Painter | null;
  readonly letters: () => Lettering;
  /** Everybody follows this person. */
  readonly leads: boolean;
  /** Key of the page that is shown. */
  readonly page: () => string;
  /** What a new item says of itself. */
  readonly head: () => ItemHead;
  readonly mayTouch: (item: Item) => boolean;
  /** What is being drawn; null when it is done. */
  readonly onShow: (own: Item | null) => void;
  readonly onCatch: (box: Box | null) => void;
  readonly files: string | null;
  readonly onForeign: (item: Item, files: string) => void;
  /** The eraser of parts met only what has no parts. */
  readonly onWhole: () => void;
  /** An act was added. */
  readonly onAct: () => void;
}

export interface Kit {
  readonly selection: Selection;
  readonly words: Words;
  readonly pen: Pen;
  readonly figures: FigurePen;
  readonly eraser: Eraser;
  readonly hand: Hand;
}

/** CSS pixels around a press that selects, and around the first corner of a polygon. */
const PRESS = 8;
const NEAR = 12;

/** What lies under a point, highest first. */
export const under = ({ painter, view }: Pick<KitPorts, 'painter' | 'view'>, at: { x: number; y: number }): Item[] =>
  painter()?.hit(at, at, PRESS / view.camera.zoom) ?? [];

export function kitOf(ports: KitPorts): Kit {
  const { acts, tools, view, painter, head, onShow } = ports;
  const onDrawn = (key: string): void => {
    acts.drew(key);
    ports.onAct();
  };
  const selection = new Selection(ports);
  return {
    selection,
    words: new Words({ ...ports, onOpen: (key) => painter()?.hide(key), onDone: ports.onAct }),
    pen: new Pen({
      ...ports,
      head: () => ({ ...head(), highlighter: tools.tool === 'highlighter' }),
      onInk: onShow,
      onSealed: onDrawn,
    }),
    figures: new FigurePen({ ...ports, style: () => tools.style, near: () => NEAR / view.camera.zoom, onDrawn }),
    // Pictures are taken away on purpose only: what is wiped is what was drawn on them.
    eraser: new Eraser({
      ...ports,
      hit: (a, b, reach) =>
        painter()
          ?.hit(a, b, reach)
          .filter(({ kind }) => kind !== 'image') ?? [],
      onWhole: ports.onWhole,
    }),
    hand: new Hand({
      ...ports,
      selection,
      under: (at) => under(ports, at),
      within: (box) => painter()?.within(box) ?? [],
      pixel: () => 1 / view.camera.zoom,
      onLift: (items, by) => painter()?.setLift(items, by),
      onPutBack: (act) => acts.cancel(act),
      onEnd: (item, end, to, act) => {
        const before = plainOf(item);
        if (!before || before.kind === 'image') return;
        const { x, y } = item.place ? applied(inverse(item.place), to.x, to.y) : to;
        const at = end === 0 ? [x, y, ...before.at.slice(2)] : [...before.at.slice(0, 2), x, y];
        acts.write(item.key, before, { ...before, at }, act);
        selection.refresh();
      },
    }),
  };
}
