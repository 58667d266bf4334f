/** The board's keys, for those who look for them, and what is said of it to those who do not see it. */
const NOUNS = {
  ink: ['stroke', 'strokes'],
  highlighter: ['highlighter stroke', 'highlighter strokes'],
  image: ['picture', 'pictures'],
  line: ['line', 'lines'],
  arrow: ['arrow', 'arrows'],
  rectangle: ['rectangle', 'rectangles'],
  ellipse: ['ellipse', 'ellipses'],
  polygon: ['polygon', 'polygons'],
  text: ['text', 'texts'],
  note: ['sticky note', 'sticky notes'],
  maths: ['formula', 'formulas'],
} as const;
type Noun = keyof typeof NOUNS;

const counted = (kind: Noun, count: number): string => `${count} ${NOUNS[kind][count === 1 ? 0 : 1]}`;
const list = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

export const boardKeys = {
  title: 'Keys of the board',
  body: 'They work while the board has the focus, and with single keys switched on also when nothing has it.',
  open: 'Keys',
  groups: [
    {
      title: 'Draw',
      keys: [
        ['Enter', 'put the shape or text of the tool down; edit what is selected'],
        ['1 to 5', 'colour'],
        ['[ and ]', 'finer, broader'],
        ['I', 'picture or PDF'],
        ['Ctrl Z, Shift Ctrl Z', 'undo, redo'],
      ],
    },
    {
      title: 'Select',
      keys: [
        ['Q, Shift Q', 'next thing, thing before'],
        ['B', 'hold what is selected, and add the next to it'],
        ['Ctrl A', 'everything'],
        ['Escape', 'nothing'],
      ],
    },
    {
      title: 'Change what is selected',
      keys: [
        ['Arrows', 'move it; with Shift far, with Alt smaller and larger'],
        [', and .', 'turn it'],
        ['Ctrl C, Ctrl X, Ctrl V', 'copy, cut, paste'],
        ['Ctrl D', 'duplicate'],
        ['Ctrl G, Shift Ctrl G', 'group, ungroup'],
        ['Ctrl ], Ctrl [', 'bring to front, send to back'],
        ['Shift L', 'lock, unlock'],
        ['Delete', 'delete'],
      ],
    },
    {
      title: 'Look around',
      keys: [
        ['Arrows', 'move the board when nothing is selected'],
        ['+ and -', 'zoom'],
        ['0', 'show everything'],
        ['Page Up, Page Down', 'page before, next page'],
        ['Space and drag', 'move the board'],
        ['?', 'these keys'],
      ],
    },
  ],
  tools: 'Tools',
  kind: 'board',
  /** `text`: what is written in it; `by`: null for one's own; `at`: where one sees it. */
  one: (kind: Noun, text: string, by: string | null, at: string) =>
    `${capital(NOUNS[kind][0])}${text === '' ? '' : ` “${text.length > 80 ? `${text.slice(0, 80)}…` : text}”`} by ${by ?? 'you'} selected, ${at}.`,
  many: (count: number, kinds: readonly (readonly [Noun, number])[]) =>
    `${count} things selected: ${list(kinds.map(([kind, n]) => counted(kind, n)))}.`,
  held: (count: number) => `${count} held. Q adds the next.`,
  someone: 'someone',
  kinds: (kinds: readonly (readonly [Noun, number])[]) =>
    kinds.length === 0 ? '' : `${capital(list(kinds.map(([kind, n]) => counted(kind, n))))}.`,
  places: [
    ['top left', 'at the top', 'top right'],
    ['left', 'in the middle', 'right'],
    ['bottom left', 'at the bottom', 'bottom right'],
  ],
  outside: 'outside of what you see',
  undone: 'Undone.',
  redone: 'Done again.',
  drew: (who: readonly { name: string | null; count: number }[]) =>
    who.length > 3
      ? `${who.length} people changed the board.`
      : `${list(who.map(({ name, count }) => `${name ?? 'someone'}: ${count} ${count === 1 ? 'thing' : 'things'} more`))}.`,
};
