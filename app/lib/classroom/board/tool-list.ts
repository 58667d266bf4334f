/** The tools as the bar shows them: an icon each, in groups. */
import type { Component } from 'svelte';
import Circle from '@lucide/svelte/icons/circle';
import Eraser from '@lucide/svelte/icons/eraser';
import Hand from '@lucide/svelte/icons/hand';
import Highlighter from '@lucide/svelte/icons/highlighter';
import MousePointer2 from '@lucide/svelte/icons/mouse-pointer-2';
import MoveUpRight from '@lucide/svelte/icons/move-up-right';
import PenLine from '@lucide/svelte/icons/pen-line';
import Pentagon from '@lucide/svelte/icons/pentagon';
import Scissors from '@lucide/svelte/icons/scissors-line-dashed';
import Sigma from '@lucide/svelte/icons/sigma';
import Slash from '@lucide/svelte/icons/slash';
import Spotlight from '@lucide/svelte/icons/spotlight';
import Square from '@lucide/svelte/icons/square';
import StickyNote from '@lucide/svelte/icons/sticky-note';
import Type from '@lucide/svelte/icons/type';
import type { Tool } from './tool-names.ts';

type Icon = Component<{ class?: string; 'aria-hidden'?: 'true' }>;

export const ICONS: Readonly<Record<Tool, Icon>> = {
  select: MousePointer2,
  pen: PenLine,
  highlighter: Highlighter,
  eraser: Eraser,
  rubber: Scissors,
  line: Slash,
  arrow: MoveUpRight,
  rectangle: Square,
  ellipse: Circle,
  polygon: Pentagon,
  text: Type,
  note: StickyNote,
  maths: Sigma,
  laser: Spotlight,
  move: Hand,
};

export const SHAPE_TOOLS = ['line', 'arrow', 'rectangle', 'ellipse', 'polygon'] as const satisfies readonly Tool[];
/** Behind "more", and on small boards the rest, too. */
export const MORE_TOOLS = ['note', 'maths', 'rubber', 'laser', 'move'] as const satisfies readonly Tool[];
