/** What comes from a clipboard onto a board: parts of a board, pictures and PDFs, or words. */
import { putFigure } from '#sync/documents/board-writer.ts';
import { MOST_WORDS } from '#sync/documents/items.ts';
import { setWords, wrap } from '#sync/draw/words.ts';
import { BOARD_TYPE, clipboard, unpacked, type Copied } from './clipboard.ts';
import type { BoardDesk } from './desk.svelte.ts';

/** Letters in a line of pasted words: a text on the board is not broken by itself. */
const LINE = 64;

/** Why nothing, or not all of it, came. */
export type PasteProblem = 'empty' | 'unreadable' | 'long' | 'no-files';

export function pasteCopied(desk: BoardDesk, copied: Copied): null {
  desk.tools.tool = 'select';
  desk.selection.paste(copied, desk.middle);
  return null;
}

/** Puts words down as a text, which is selected then. */
export function pasteText(desk: BoardDesk, given: string): PasteProblem | null {
  const text = wrap(given.replaceAll('\r\n', '\n').replaceAll('\t', '  ').trim(), LINE, (part) => part.length).join(
    '\n',
  );
  if (text === '') return 'empty';
  const words = { ...desk.head(), kind: 'text', text: text.slice(0, MOST_WORDS.text) } as const;
  const { box } = setWords({ ...words, points: [0, 0] }, desk.look.letters);
  const { x, y } = desk.middle;
  const at = [x - (box.right - box.left) / 2, y - (box.bottom - box.top) / 2];
  const key = putFigure(desk.document.doc, desk.person, { ...words, at });
  desk.acts.drew(key);
  desk.tellActs();
  desk.tools.tool = 'select';
  const item = desk.reader.get(key);
  if (item) desk.selection.set([item]);
  return text.length > MOST_WORDS.text ? 'long' : null;
}

function pasteFiles(desk: BoardDesk, files: readonly File[]): PasteProblem | null {
  if (!desk.arrivals.offered) return 'no-files';
  desk.arrivals.add(files, null);
  return null;
}

/** By the keys, or the browser's own menu. */
export function paste(desk: BoardDesk, data: DataTransfer | null): PasteProblem | null {
  if (clipboard.newer && clipboard.copied) return pasteCopied(desk, clipboard.copied);
  if (data?.types.includes(BOARD_TYPE)) {
    const copied = unpacked(data.getData(BOARD_TYPE));
    return copied ? pasteCopied(desk, copied) : 'unreadable';
  }
  const files = [...(data?.files ?? [])];
  return files.length > 0 ? pasteFiles(desk, files) : pasteText(desk, data?.getData('text/plain') ?? '');
}

/** By a button: the browser tells of its clipboard only when the person lets it. */
export async function pasteByButton(desk: BoardDesk): Promise<PasteProblem | null> {
  if (clipboard.copied) return pasteCopied(desk, clipboard.copied);
  try {
    const found = await navigator.clipboard.read();
    for (const one of found) {
      const type = one.types.find((name) => name.startsWith('image/'));
      if (type !== undefined) return pasteFiles(desk, [new File([await one.getType(type)], '', { type })]);
    }
    const words = found.find(({ types }) => types.includes('text/plain'));
    return words ? pasteText(desk, await (await words.getType('text/plain')).text()) : 'empty';
  } catch (error) {
    console.warn('The clipboard is not to be had:', error);
    return 'empty';
  }
}
