/** What the board does with a key; null leaves it to the page. */
import { TOOL_KEYS, TOOLS, type Tool } from './tool-names.ts';

export type BoardKey =
  | { readonly kind: 'tool'; readonly tool: Tool }
  | { readonly kind: 'pen'; readonly pen: number }
  | { readonly kind: 'width'; readonly step: -1 | 1 }
  | { readonly kind: 'undo' | 'redo' | 'fit' | 'zoom-in' | 'zoom-out' }
  /** With something selected they move it, else the board. */
  | { readonly kind: 'arrow'; readonly dx: number; readonly dy: number; readonly by: 'step' | 'far' | 'size' }
  | { readonly kind: 'turn'; readonly step: -1 | 1 }
  | { readonly kind: 'next'; readonly step: -1 | 1 }
  | { readonly kind: 'page'; readonly step: -1 | 1 }
  | { readonly kind: 'select-all' | 'duplicate' | 'delete' | 'group' | 'ungroup' | 'lock' }
  | { readonly kind: 'front' | 'back' | 'enter' | 'escape' }
  /** What is selected stays so while the next is looked for. */
  | { readonly kind: 'hold' }
  /** The list of all keys. */
  | { readonly kind: 'keys' }
  /** A picture or a PDF is wanted. */
  | { readonly kind: 'file' };

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Undo and redo, which work wherever the focus is. */
export function undoKey({ key, ctrlKey, metaKey, altKey, shiftKey }: Key): BoardKey | null {
  if (!(ctrlKey || metaKey) || altKey) return null;
  if (key.toLowerCase() === 'z') return { kind: shiftKey ? 'redo' : 'undo' };
  return key.toLowerCase() === 'y' && !shiftKey ? { kind: 'redo' } : null;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  arrowleft: [-1, 0],
  arrowright: [1, 0],
  arrowup: [0, -1],
  arrowdown: [0, 1],
};

function withControl(key: string, shift: boolean): BoardKey | null {
  switch (key) {
    case 'a':
      return { kind: 'select-all' };
    // Copying, cutting and pasting are told by the browser, with what is on the clipboard.
    case 'd':
      return { kind: 'duplicate' };
    case 'g':
      return { kind: shift ? 'ungroup' : 'group' };
    case ']':
      return { kind: 'front' };
    case '[':
      return { kind: 'back' };
    default:
      return null;
  }
}

const byTool = new Map<string, Tool>(TOOLS.map((tool) => [TOOL_KEYS[tool].toLowerCase(), tool]));

/** The rest, which work on the board only: the page uses some of the same letters. */
export function boardKey(event: Key): BoardKey | null {
  const key = event.key.toLowerCase();
  const arrow = ARROWS[key];
  if (arrow && !event.ctrlKey && !event.metaKey) {
    const by = event.altKey ? 'size' : event.shiftKey ? 'far' : 'step';
    return { kind: 'arrow', dx: arrow[0], dy: arrow[1], by };
  }
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) return withControl(key, event.shiftKey);
  const tool = byTool.get(key);
  if (event.shiftKey && key === 'l') return { kind: 'lock' };
  if (tool !== undefined) return event.shiftKey ? null : { kind: 'tool', tool };
  switch (key) {
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
      return { kind: 'pen', pen: Number(key) - 1 };
    case '[':
      return { kind: 'width', step: -1 };
    case ']':
      return { kind: 'width', step: 1 };
    case '0':
      return { kind: 'fit' };
    case '+':
    case '=':
      return { kind: 'zoom-in' };
    case '-':
      return { kind: 'zoom-out' };
    case ',':
      return { kind: 'turn', step: -1 };
    case '.':
      return { kind: 'turn', step: 1 };
    case 'i':
      return { kind: 'file' };
    case 'b':
      return event.shiftKey ? null : { kind: 'hold' };
    case '?':
      return { kind: 'keys' };
    case 'q':
      return { kind: 'next', step: event.shiftKey ? -1 : 1 };
    case 'pageup':
      return { kind: 'page', step: -1 };
    case 'pagedown':
      return { kind: 'page', step: 1 };
    case 'delete':
    case 'backspace':
      return { kind: 'delete' };
    case 'enter':
      return { kind: 'enter' };
    case 'escape':
      return { kind: 'escape' };
    default:
      return null;
  }
}
