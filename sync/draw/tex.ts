/**
 * LaTeX as one path, set by MathJax: a path is the same on a screen, in a file and where there is no browser at all. Heavy,
 * so it is loaded when a formula is to be seen. Only the packages below are in: no macros, no links, no styles from outside.
 */
import type { LiteElement } from 'mathjax-full/js/adaptors/lite/Element.js';
import { liteAdaptor } from 'mathjax-full/js/adaptors/liteAdaptor.js';
import { RegisterHTMLHandler } from 'mathjax-full/js/handlers/html.js';
import { TeX } from 'mathjax-full/js/input/tex.js';
import 'mathjax-full/js/input/tex/ams/AmsConfiguration.js';
import 'mathjax-full/js/input/tex/base/BaseConfiguration.js';
import 'mathjax-full/js/input/tex/boldsymbol/BoldsymbolConfiguration.js';
import 'mathjax-full/js/input/tex/cancel/CancelConfiguration.js';
import 'mathjax-full/js/input/tex/gensymb/GensymbConfiguration.js';
import 'mathjax-full/js/input/tex/mhchem/MhchemConfiguration.js';
import { mathjax } from 'mathjax-full/js/mathjax.js';
import { SVG } from 'mathjax-full/js/output/svg.js';
import type { Matrix } from '../documents/changes.ts';
import { applied, multiply } from './matrix.ts';
import type { Formula, FormulaStep } from './words.ts';

/** MathJax's units in an em. */
const EM = 1_000;
/** Steps of one formula; what has more is not drawn. */
const MOST_STEPS = 20_000;
/** Braces inside one another; each is a call within a call. */
const MOST_NESTED = 24;
/** Wider or higher than this, in ems, is no formula: it would be all that a board or a file shows. */
const MOST_EMS = 250;
/** How thick MathJax draws a line of a table, in its units; it says so in a style sheet only. */
const TABLE_LINE = 70;

const adaptor = liteAdaptor();
RegisterHTMLHandler(adaptor);
const page = mathjax.document('', {
  InputJax: new TeX({ packages: ['base', 'ams', 'boldsymbol', 'cancel', 'gensymb', 'mhchem'] }),
  OutputJax: new SVG({ fontCache: 'none' }),
});

/** What cannot be drawn as a path: the source is shown instead. */
class NotAPath extends Error {}

const isElement = (node: unknown): node is LiteElement =>
  typeof node === 'object' && node !== null && 'children' in node;
const numbersIn = (text: string): number[] => (text.match(/-?\d*\.?\d+(?:e-?\d+)?/g) ?? []).map(Number);

function attribute(node: LiteElement, name: string): string {
  const value: unknown = node.attributes[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
const numberOf = (node: LiteElement, name: string): number => numbersIn(attribute(node, name))[0] ?? 0;

function transformOf(node: LiteElement): Matrix {
  let whole: Matrix = [1, 0, 0, 1, 0, 0];
  for (const [, word = '', inside = ''] of attribute(node, 'transform').matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [a = 0, b] = numbersIn(inside);
    if (word === 'translate') whole = multiply(whole, [1, 0, 0, 1, a, b ?? 0]);
    else if (word === 'scale') whole = multiply(whole, [a, 0, 0, b ?? a, 0, 0]);
    else throw new NotAPath(word);
  }
  return whole;
}

/** The steps of an SVG path; MathJax writes whole numbers and capitals only. */
function stepsOf(d: string): FormulaStep[] {
  const steps: FormulaStep[] = [];
  let [x, y, cx, cy] = [0, 0, 0, 0];
  for (const [, letter = '', rest = ''] of d.matchAll(/([A-Z])([^A-Z]*)/g)) {
    const [a = 0, b = 0, c = 0, e = 0] = numbersIn(rest);
    switch (letter) {
      case 'M':
      case 'L':
        [x, y] = [a, b];
        steps.push([letter, x, y]);
        break;
      case 'H':
      case 'V':
        [x, y] = letter === 'H' ? [a, y] : [x, a];
        steps.push(['L', x, y]);
        break;
      case 'Q':
      case 'T': {
        const smooth = letter === 'T';
        const [ax, ay]: [number, number] = smooth ? [2 * x - cx, 2 * y - cy] : [a, b];
        [x, y] = smooth ? [a, b] : [c, e];
        steps.push(['Q', ax, ay, x, y]);
        [cx, cy] = [ax, ay];
        continue;
      }
      case 'Z':
        steps.push(['Z']);
        break;
      default:
        throw new NotAPath(letter);
    }
    [cx, cy] = [x, y];
  }
  return steps;
}

const frame = (left: number, top: number, right: number, bottom: number): FormulaStep[] => [
  ['M', left, top],
  ['L', right, top],
  ['L', right, bottom],
  ['L', left, bottom],
  ['Z'],
];
/** The other way round, so that it cuts a hole. */
const hole = (left: number, top: number, right: number, bottom: number): FormulaStep[] => [
  ['M', left, top],
  ['L', left, bottom],
  ['L', right, bottom],
  ['L', right, top],
  ['Z'],
];

function through(m: Matrix, step: FormulaStep): FormulaStep {
  if (step[0] === 'Z') return step;
  const at = (i: number): [number, number] => {
    const { x, y } = applied(m, Number(step[i]), Number(step[i + 1]));
    return [x / EM, y / EM];
  };
  if (step[0] === 'Q') return ['Q', ...at(1), ...at(3)];
  if (step[0] === 'C') return ['C', ...at(1), ...at(3), ...at(5)];
  return [step[0], ...at(1)];
}

function rectangle(node: LiteElement): FormulaStep[] {
  const [x, y] = [numberOf(node, 'x'), numberOf(node, 'y')];
  const [right, bottom] = [x + numberOf(node, 'width'), y + numberOf(node, 'height')];
  const framesTable = attribute(node, 'data-frame') === 'true';
  if (!framesTable && attribute(node, 'fill') !== 'none') return frame(x, y, right, bottom);
  const usual = framesTable ? TABLE_LINE : 60;
  const half = (numberOf(node, 'stroke-width') || numberOf(node, 'stroke-thickness') || usual) / 2;
  return [
    ...frame(x - half, y - half, right + half, bottom + half),
    ...hole(x + half, y + half, right - half, bottom - half),
  ];
}

/** A line of a table, or one that strikes something out. */
function line(node: LiteElement): FormulaStep[] {
  const [x1, y1] = [numberOf(node, 'x1'), numberOf(node, 'y1')];
  const [x2, y2] = [numberOf(node, 'x2'), numberOf(node, 'y2')];
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length === 0) return [];
  const half = (numberOf(node, 'stroke-width') || TABLE_LINE) / 2;
  const [across, down] = [((y1 - y2) / length) * half, ((x2 - x1) / length) * half];
  return [
    ['M', x1 + across, y1 + down],
    ['L', x2 + across, y2 + down],
    ['L', x2 - across, y2 - down],
    ['L', x1 - across, y1 - down],
    ['Z'],
  ];
}

/** A window onto a stretched bar: what is to be seen of it is the part of its box inside the window. */
function windowed(node: LiteElement): FormulaStep[] {
  const [left = 0, top = 0, width = 0, height = 0] = numbersIn(attribute(node, 'viewBox'));
  const inside: FormulaStep[] = [];
  for (const child of node.children) if (isElement(child)) walk(child, [EM, 0, 0, EM, 0, 0], inside);
  const xs = inside.flatMap((step) => step.filter((_, i) => i % 2 === 1)).map(Number);
  const ys = inside.flatMap((step) => step.filter((_, i) => i > 0 && i % 2 === 0)).map(Number);
  if (xs.length === 0) return [];
  const box = [
    Math.max(left, Math.min(...xs)),
    Math.max(top, Math.min(...ys)),
    Math.min(left + width, Math.max(...xs)),
    Math.min(top + height, Math.max(...ys)),
  ] as const;
  return frame(...box);
}

function walk(node: LiteElement, outer: Matrix, into: FormulaStep[]): void {
  const m = multiply(outer, transformOf(node));
  const add = (steps: readonly FormulaStep[], by: Matrix = m): void => {
    if (into.length + steps.length > MOST_STEPS) throw new NotAPath('long');
    for (const step of steps) into.push(through(by, step));
  };
  switch (node.kind) {
    case 'path':
      return add(stepsOf(attribute(node, 'd')));
    case 'rect':
      return add(rectangle(node));
    case 'line':
      return add(line(node));
    case 'svg': {
      const [left = 0, top = 0, width = 1, height = 1] = numbersIn(attribute(node, 'viewBox'));
      const scale: Matrix = [numberOf(node, 'width') / width, 0, 0, numberOf(node, 'height') / height, 0, 0];
      const shift: Matrix = [1, 0, 0, 1, numberOf(node, 'x'), numberOf(node, 'y')];
      return add(windowed(node), multiply(multiply(m, shift), multiply(scale, [1, 0, 0, 1, -left, -top])));
    }
    case 'g':
      if (attribute(node, 'data-mml-node') === 'merror') throw new NotAPath('error');
      for (const child of node.children) if (isElement(child)) walk(child, m, into);
      return;
    default:
      throw new NotAPath(node.kind);
  }
}

function isNested(tex: string): boolean {
  let deep = 0;
  for (const letter of tex) {
    deep += letter === '{' ? 1 : letter === '}' ? -1 : 0;
    if (deep > MOST_NESTED) return true;
  }
  return false;
}

/**
 * A formula as a path; null for what cannot be set, whatever anybody wrote: LaTeX that makes no sense, letters that the
 * font does not have, nests and sizes beyond all measure.
 */
export function formulaOf(tex: string): Formula | null {
  if (isNested(tex)) return null;
  try {
    // The font has no rupee sign, and sums of money are what tutors here write.
    const holder: unknown = page.convert(tex.replaceAll('₹', '\\text{Rs}\\,'), { display: true });
    const svg = isElement(holder) ? holder.children[0] : null;
    if (!isElement(svg)) return null;
    const [, top = 0, width = 0, height = 0] = numbersIn(attribute(svg, 'viewBox'));
    if (Math.max(width, height) > MOST_EMS * EM) return null;
    const steps: FormulaStep[] = [];
    for (const child of svg.children) if (isElement(child)) walk(child, [1, 0, 0, 1, 0, 0], steps);
    return { width: width / EM, ascent: -top / EM, descent: (height + top) / EM, steps };
  } catch {
    // MathJax itself fails at some letters (U+20A0 to 20FF among them) with whatever error comes up: one formula that
    // it cannot set must not take the board or the chat of a class with it.
    return null;
  }
}
