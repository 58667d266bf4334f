/** What each key does on the board. */
import type { Item } from '#sync/documents/board-reader.ts';
import { isShape, isWriting } from '#sync/documents/items.ts';
import { putFigure } from '#sync/documents/board-writer.ts';
import { moved, scaled, turned } from '#sync/draw/matrix.ts';
import { never } from '#events/shared/never.ts';
import type { BoardDesk } from './desk.svelte.ts';
import type { BoardKey } from './keys.ts';

/** CSS pixels an arrow key moves the board; logical pixels it moves a selection, and with Shift. */
const BOARD_STEP = 60;
const STEP = 2;
const FAR = 28;
const GROW = 1.05;
const TURN = Math.PI / 12;

export function pressKey(desk: BoardDesk, key: BoardKey): void {
  const { selection, view, tools } = desk;
  switch (key.kind) {
    case 'tool':
      desk.putDown();
      if (key.tool !== 'select') selection.clear();
      tools.tool = key.tool;
      return;
    case 'pen':
      return desk.choosePen(key.pen);
    case 'width':
      return desk.chooseSize(tools.size + key.step);
    case 'undo':
      return desk.undo();
    case 'redo':
      return desk.redo();
    case 'fit':
      return desk.fit();
    case 'zoom-in':
      return view.zoomIn();
    case 'zoom-out':
      return view.zoomOut();
    case 'arrow':
      return arrow(desk, key);
    case 'turn':
      return around(desk, (x, y) => turned(key.step * TURN, x, y));
    case 'next':
      tools.tool = 'select';
      return selection.next(key.step);
    case 'hold':
      return selection.hold();
    case 'keys':
      desk.showsKeys = true;
      return;
    case 'page':
      return desk.pages.step(key.step);
    case 'select-all':
      tools.tool = 'select';
      return selection.all();
    case 'duplicate':
      return selection.duplicate();
    case 'delete':
      return selection.remove();
    case 'group':
      return selection.group();
    case 'ungroup':
      return selection.ungroup();
    case 'lock':
      return selection.toggleLock();
    case 'front':
    case 'back':
      return selection.order(key.kind);
    case 'file':
      if (desk.arrivals.offered) desk.arrivals.choose();
      return;
    case 'enter':
      if (desk.kit.figures.open) desk.kit.figures.close();
      else if (!editSelected(desk)) insert(desk);
      return;
    case 'escape':
      desk.kit.figures.cancel();
      desk.words.close();
      return selection.clear();
    default:
      never(key);
  }
}

function arrow(desk: BoardDesk, { dx, dy, by }: Extract<BoardKey, { kind: 'arrow' }>): void {
  const { selection, view } = desk;
  if (selection.free.length === 0) return view.pan(-dx * BOARD_STEP, -dy * BOARD_STEP);
  if (by === 'size') return around(desk, (x, y) => scaled(GROW ** (dx - dy), GROW ** (dx - dy), x, y));
  const step = by === 'far' ? FAR : STEP;
  selection.transform(moved(dx * step, dy * step));
}

function around(desk: BoardDesk, make: (x: number, y: number) => ReturnType<typeof moved>): void {
  const { box } = desk.selection;
  if (box) desk.selection.transform(make((box.left + box.right) / 2, (box.top + box.bottom) / 2));
}

/** Draws with the keyboard: the tool's figure in the middle of what one looks at, selected, to be moved by arrows. */
function insert(desk: BoardDesk): void {
  const { tools, middle } = desk;
  const { tool } = tools;
  if (isWriting(tool)) return desk.words.begin(tool, middle);
  if (!isShape(tool)) return;
  const { x, y } = middle;
  const at = tool === 'polygon' ? [x, y - 60, x + 70, y + 60, x - 70, y + 60] : [x - 70, y - 50, x + 70, y + 50];
  const key = putFigure(desk.document.doc, desk.person, { ...desk.head(), kind: tool, at, text: '' });
  desk.acts.drew(key);
  desk.tellActs();
  const item = desk.reader.get(key);
  tools.tool = 'select';
  if (item) desk.selection.set([item]);
}

/** What can be written anew of what is selected: one own writing, or what one own picture is called. */
export function editable({ selection, reader, person }: BoardDesk): Item['kind'] | null {
  const [item, ...more] = selection.items;
  if (!item || more.length > 0 || item.locked) return null;
  if (!isWriting(item.kind) && item.kind !== 'image') return null;
  return reader.author(item.key)?.personId === person.personId ? item.kind : null;
}

/** Opens what is selected to be written anew; false when there is nothing of that kind. */
export function editSelected(desk: BoardDesk): boolean {
  const kind = editable(desk);
  const [item] = desk.selection.items;
  if (kind === null || !item) return false;
  if (kind === 'image') desk.captioned = item;
  else desk.words.edit(item);
  return true;
}
