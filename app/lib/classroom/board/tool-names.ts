/** The tools of the board, and the key of each. */
export const TOOLS = [
  'select',
  'pen',
  'highlighter',
  'eraser',
  'rubber',
  'line',
  'arrow',
  'rectangle',
  'ellipse',
  'polygon',
  'text',
  'note',
  'maths',
  'laser',
  'move',
] as const;
export type Tool = (typeof TOOLS)[number];

/** The key of each tool. The room has M, V, S, G, C and U for itself. */
export const TOOL_KEYS: Readonly<Record<Tool, string>> = {
  select: 'A',
  pen: 'P',
  highlighter: 'H',
  eraser: 'E',
  rubber: 'X',
  line: 'L',
  arrow: 'W',
  rectangle: 'R',
  ellipse: 'O',
  polygon: 'Y',
  text: 'T',
  note: 'N',
  maths: 'F',
  laser: 'K',
  move: 'D',
};

/** Tools that leave ink or a figure in the chosen colour. */
export const DRAWS: ReadonlySet<Tool> = new Set<Tool>([
  'pen',
  'highlighter',
  'line',
  'arrow',
  'rectangle',
  'ellipse',
  'polygon',
  'text',
  'note',
  'maths',
]);
