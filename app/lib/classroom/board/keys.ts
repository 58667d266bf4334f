/** What the board does with a key; null leaves it to the page. */
export type BoardKey =
  | { readonly kind: 'tool'; readonly tool: 'pen' | 'eraser' | 'move' }
  | { readonly kind: 'pen'; readonly pen: number }
  | { readonly kind: 'width'; readonly step: -1 | 1 }
  | { readonly kind: 'undo' | 'redo' | 'fit' | 'zoom-in' | 'zoom-out' }
  | { readonly kind: 'pan'; readonly dx: number; readonly dy: number };

/** CSS pixels an arrow key moves the board. */
const STEP = 60;

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Undo and redo, which work wherever the focus is. */
export function undoKey({ key, ctrlKey, metaKey, altKey, shiftKey }: Key): BoardKey | null {
  if (!(ctrlKey || metaKey) || altKey) return null;
  if (key.toLowerCase() === 'z') return { kind: shiftKey ? 'redo' : 'undo' };
  return key.toLowerCase() === 'y' && !shiftKey ? { kind: 'redo' } : null;
}

/** The rest, which work on the board only: the page uses some of the same letters. */
export function boardKey(event: Key): BoardKey | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  switch (event.key.toLowerCase()) {
    case 'p':
      return { kind: 'tool', tool: 'pen' };
    case 'e':
      return { kind: 'tool', tool: 'eraser' };
    case 'h':
      return { kind: 'tool', tool: 'move' };
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
      return { kind: 'pen', pen: Number(event.key) - 1 };
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
    case 'arrowleft':
      return { kind: 'pan', dx: STEP, dy: 0 };
    case 'arrowright':
      return { kind: 'pan', dx: -STEP, dy: 0 };
    case 'arrowup':
      return { kind: 'pan', dx: 0, dy: STEP };
    case 'arrowdown':
      return { kind: 'pan', dx: 0, dy: -STEP };
    default:
      return null;
  }
}
