import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Item } from '../documents/board-reader.ts';
import { FIRST_PAGE } from '../documents/board.ts';
import { drawBoard, type BoardPicture } from './board.ts';
import { moved } from './matrix.ts';
import { PdfContext, pdfOf } from './pdf.ts';
import { SvgContext } from './svg.ts';
import { formulaOf } from './tex.ts';
import { ROUGHLY } from './words.ts';

const item = (kind: Item['kind'], points: number[], more: Partial<Item> = {}): Item => ({
  key: '1.0',
  kind,
  page: FIRST_PAGE,
  z: 1,
  pen: 0,
  size: 4,
  pressure: false,
  points,
  text: '',
  file: '',
  back: false,
  dash: 0,
  fill: 0,
  place: null,
  group: '',
  locked: false,
  cuts: [],
  sealed: true,
  erased: false,
  ...more,
});
const square = [0, 0, 0.5, 100, 100, 0.5];
const picture = (items: Item[]): BoardPicture => ({
  items,
  camera: { x: -10, y: -10, zoom: 1 },
  screen: { width: 300, height: 200 },
  scale: 1,
  palette: { pens: ['#112233'], notes: ['#ffeecc'], ground: '#ffffff', dots: '#dddddd' },
  paper: 'grid',
  letters: { ...ROUGHLY, formula: formulaOf },
});
const all = [
  item('ink', [0, 0, 0.5, 50, 20, 0.5, 90, 0, 0.5]),
  item('highlighter', [0, 0, 0.5, 50, 20, 0.5, 90, 0, 0.5]),
  item('arrow', square),
  item('ellipse', square),
  item('rectangle', square, { dash: 1, fill: 1 }),
  item('note', [0, 0, 0.5], { text: '<script>alert("x")</script> & \u0007 more', place: moved(20, 30) }),
  item('maths', [0, 0, 0.5], { text: '\\frac{1}{2}' }),
];

describe('a formula', () => {
  it('[V1] is one path in ems, above and below its base line', () => {
    const found = formulaOf('x');
    expect(found?.width).toBeCloseTo(0.572, 2);
    expect(found?.ascent).toBeGreaterThan(0.4);
    expect(found?.steps[0]?.[0]).toBe('M');
    // Upright: nothing of an x lies far below the base line, which is at 0 with y downwards.
    const heights = found?.steps.flatMap((step) => (step[0] === 'M' || step[0] === 'L' ? [step[2]] : [])) ?? [];
    expect(Math.max(...heights)).toBeLessThan(0.05);
    expect(Math.min(...heights)).toBeLessThan(-0.25);
  });

  it.each([
    '\\frac{-b \\pm \\sqrt{b^2-4ac}}{2a}',
    '\\begin{pmatrix}a&b\\\\c&d\\end{pmatrix}',
    '\\underbrace{a+b+c+d}_{n} \\overline{xyz}',
    '\\int_0^3 \\left(4x-x^2\\right)\\,dx = \\left\\{\\begin{array}{l}1\\\\2\\\\3\\end{array}\\right.',
    '\\boxed{x}',
    '\\cancel{x} \\bcancel{y}',
    '\\ce{2H2O -> 2H2 + O2}',
    '37\\degree \\boldsymbol{\\alpha}',
    '\\begin{array}{c|c}a&b\\\\\\hline c&d\\end{array}',
    '\\text{where } x \\in \\mathbb{R}',
  ])('[V1] sets %s inside its own box', (tex) => {
    const found = formulaOf(tex);
    if (!found) throw new Error('a formula');
    expect(found.steps.length).toBeGreaterThan(4);
    for (const step of found.steps)
      for (let i = 1; i < step.length; i += 2) {
        expect(Number(step[i])).toBeGreaterThan(-0.3);
        expect(Number(step[i])).toBeLessThan(found.width + 0.3);
        expect(Number(step[i + 1])).toBeGreaterThan(-found.ascent - 0.3);
        expect(Number(step[i + 1])).toBeLessThan(found.descent + 0.3);
      }
  });

  it('[V1] that makes no sense, calls macros or needs other letters is none', () => {
    for (const tex of [
      '\\frac{',
      '\\href{javascript:alert(1)}{x}',
      '\\require{html}',
      '\\def\\a{\\a\\a}\\a',
      '\\text{नमस्ते}',
      '5€',
      '{'.repeat(290) + 'x' + '}'.repeat(290),
      '\\hspace{99999999em}x',
      '\\rule{1em}{9999em}',
    ])
      expect(formulaOf(tex), tex).toBeNull();
  });

  it('[V1] takes any letter at all without failing, and a rupee sign as what it says', () => {
    for (let code = 1; code < 0x3000; code += 1) expect(() => formulaOf(String.fromCharCode(code))).not.toThrow();
    expect(formulaOf('₹500')).toEqual(formulaOf('\\mathrm{Rs}\\,500'));
    expect(formulaOf('₹500')).not.toBeNull();
  });

  it('[V1] draws the lines of a table and its frame as lines, not as a black box', () => {
    const lineless = formulaOf('\\begin{array}{cc}a&b\\\\c&d\\end{array}');
    const lined = formulaOf('\\begin{array}{c|c}a&b\\\\\\hline c&d\\end{array}');
    const framed = formulaOf('\\begin{array}{|c|c|}\\hline a&b\\\\\\hline c&d\\\\\\hline\\end{array}');
    if (!lineless || !lined || !framed) throw new Error('three tables');
    expect(lined.steps.length).toBe(lineless.steps.length + 10);
    // Two lines, and a frame that is an outer and an inner edge.
    expect(framed.steps.length).toBe(lineless.steps.length + 10 + 10);
  });
});

describe('an SVG file', () => {
  const svg = (items: Item[]): string => {
    const context = new SvgContext(ROUGHLY.measure);
    drawBoard(context, picture(items));
    return context.toString({ width: 300, height: 200 });
  };

  it('[V2, V3] has everything that is on the board, and nothing that runs', () => {
    const file = svg(all);
    expect(file).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="300" height="200"/);
    expect(file).not.toContain('<script');
    expect(file).not.toContain('\u0007');
    expect(file).toContain('&lt;script&gt;');
    expect(file).toContain('opacity="0.32"');
    expect(file).toContain('stroke="#112233" stroke-width="4"');
    expect(file.match(/stroke-dasharray="12 12"/g)).toHaveLength(1);
    expect(file).toContain('fill="#112233" opacity="0.18"');
    expect(file).toContain('fill="#ffeecc" transform="matrix(1 0 0 1 30 40)"');
    expect(file.match(/<path/g)?.length).toBeGreaterThanOrEqual(5);
  });

  it('[V3] knows no colours but plain ones', () => {
    const context = new SvgContext(ROUGHLY.measure);
    context.fillStyle = '"><script>';
    context.fillRect(0, 0, 1, 1);
    expect(context.toString({ width: 1, height: 1 })).toContain('fill="#000000"');
  });
});

describe('a PDF file', () => {
  it('[V2, V4] has a page for each, a table that points at every object, and streams that open', async () => {
    const page = (items: Item[]) => {
      const context = new PdfContext({ width: 300, height: 200 }, (text) =>
        text === ''
          ? null
          : { left: -2, top: -16, width: 8, height: 4, columns: 2, rows: 1, alpha: Uint8Array.of(0, 255) },
      );
      drawBoard(context, picture(items));
      return context.page();
    };
    const bytes = await pdfOf([page(all), page([])]);
    const file = Buffer.from(bytes).toString('latin1');
    expect(file.startsWith('%PDF-1.7')).toBe(true);
    expect(file).toContain('/Count 2');
    const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
    expect(file.slice(table, table + 4)).toBe('xref');
    const offsets = [...file.slice(table).matchAll(/(\d{10}) 00000 n/g)].map(([, offset]) => Number(offset));
    for (const [i, offset] of offsets.entries()) expect(file.slice(offset).startsWith(`${i + 1} 0 obj`)).toBe(true);
    const streams = [...file.matchAll(/\/Length (\d+) >>\nstream\n/g)].map((found) => {
      const start = found.index + found[0].length;
      expect(file.slice(start + Number(found[1]), start + Number(found[1]) + 10)).toBe('\nendstream');
      return inflateSync(bytes.subarray(start, start + Number(found[1]))).toString('latin1');
    });
    const content = streams.find((stream) => stream.startsWith('1 0 0 -1 0 200 cm')) ?? '';
    expect(content).toContain('/A32 gs');
    expect(content).toContain('0.067 0.133 0.2 RG 4 w 1 J 1 j');
    expect(content.match(/1 j \[12 12\] 0 d/g)).toHaveLength(1);
    expect(content).toContain('/A18 gs');
    expect(content).toMatch(/\/T\d+ Do/);
    expect(content).not.toContain('NaN');
    expect(content.match(/\bq\b/g)?.length).toBe(content.match(/\bQ\b/g)?.length);
  });
});
