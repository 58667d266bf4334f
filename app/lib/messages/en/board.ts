/** Words of the board. */
const strokes = (count: number): string => `${count} ${count === 1 ? 'stroke' : 'strokes'}`;
const list = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

export const board = {
  label: 'Board',
  tools: 'Board tools',
  pen: 'Pen',
  eraser: 'Eraser',
  move: 'Move the board',
  colour: 'Pen colour',
  colours: { ink: 'Ink', blue: 'Blue', red: 'Red', green: 'Green', violet: 'Violet' },
  width: 'Pen width',
  widths: ['Fine', 'Medium', 'Broad'],
  style: 'Colour and width',
  undo: 'Undo my last act',
  redo: 'Redo',
  more: 'More tools',
  clear: 'Clear the board',
  cleared: (count: number) => `Cleared ${strokes(count)} for everyone.`,
  takeBack: 'Undo',
  /** Said after a tool's name. */
  key: (key: string) => `, ${key}`,
  zoom: 'Zoom',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  zoomFit: 'Show everything',
  percent: (zoom: number) => `${Math.round(zoom * 100)} %`,

  empty: 'Draw here',
  emptyBody: 'Everyone in the lesson sees it while you draw.',
  emptyKeys: 'P pen, E eraser, 1 to 5 colours, Ctrl Z undo',
  emptyWatch: 'Nothing has been drawn yet',
  emptyWatchBody: 'What the others draw appears here while they draw it.',
  emptyOver: 'Nothing was drawn in this lesson',

  connecting: 'Opening the board',
  offline: 'No connection',
  offlineBody: 'Go on drawing. It is kept here and sent when you are back.',
  offlineWatch: 'What you see may be old. The board reconnects by itself.',
  saving: 'Not saved yet',
  over: 'The lesson is over: read only',
  watching: 'You are watching',
  refused: 'You cannot open this board.',
  refusedBody: 'Reload the page. If it stays like this, write to support.',
  code: (code: string) => `Code ${code}`,

  /** What is to be seen, for those who cannot see it. */
  summary: (authors: readonly { name: string | null; count: number }[]) =>
    authors.length === 0
      ? 'The board is empty.'
      : `On the board: ${list(
          authors.map(({ name, count }, i) => `${i === 0 ? strokes(count) : count} by ${name ?? 'someone'}`),
        )}.`,
};
