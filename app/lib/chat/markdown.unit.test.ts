/** What people write becomes a tree of what may be shown, and nothing else, whatever they write. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMarkdown, plainText, type Block, type Inline } from './markdown.ts';
import { formulaOf } from '#sync/draw/tex.ts';
import { Formulas, pathOf } from './maths.ts';
import { tame } from './tame.ts';

const one = (text: string): readonly Inline[] => {
  const [block] = parseMarkdown(text);
  return block?.kind === 'paragraph' ? block.of : [];
};
const words = (text: string): Inline => ({ kind: 'text', text });

describe('markdown', () => {
  it('knows emphasis, code, lists, quotes, headings and lines', () => {
    expect(one('a **b _c_** ~~d~~ `e*f*`\ng')).toEqual([
      words('a '),
      { kind: 'strong', of: [words('b '), { kind: 'em', of: [words('c')] }] },
      words(' '),
      { kind: 'strike', of: [words('d')] },
      words(' '),
      { kind: 'code', text: 'e*f*' },
      { kind: 'break' },
      words('g'),
    ]);
    expect(parseMarkdown('# Two roots\n- one\n- two\n  more\n\n> so\n1. first\n2. second\n```js\nlet x;\n```')).toEqual(
      [
        { kind: 'heading', of: [words('Two roots')] },
        {
          kind: 'list',
          start: null,
          items: [
            [{ kind: 'paragraph', of: [words('one')] }],
            [{ kind: 'paragraph', of: [words('two'), { kind: 'break' }, words('more')] }],
          ],
        },
        { kind: 'quote', of: [{ kind: 'paragraph', of: [words('so')] }] },
        {
          kind: 'list',
          start: 1,
          items: [[{ kind: 'paragraph', of: [words('first')] }], [{ kind: 'paragraph', of: [words('second')] }]],
        },
        { kind: 'code', text: 'let x;' },
      ],
    );
  });

  it('leaves words alone that only look like marks', () => {
    for (const text of ['2 * 3 * 4', 'snake_case_name', 'a ** b', '5 < 6', '#1', 'I have $5 and you $6', '<b>', '\\'])
      expect(one(text), text).toEqual([words(text)]);
    expect(one('\\*not em\\*')).toEqual([words('*not em'), words('*')]);
  });

  it('knows formulas in a line and on their own, and mentions', () => {
    expect(one('At $x = 3$ or $$x^2$$, <@p-asha>?')).toEqual([
      words('At '),
      { kind: 'maths', tex: 'x = 3' },
      words(' or '),
      { kind: 'maths', tex: 'x^2' },
      words(', '),
      { kind: 'mention', personId: 'p-asha' },
      words('?'),
    ]);
    expect(parseMarkdown('$$\n\\frac{1}{2}\n$$')).toEqual([{ kind: 'maths', tex: '\\frac{1}{2}' }]);
    expect(plainText('**Two** roots, <@p>: $x$\n- 0\n- 3', () => 'Asha')).toBe('Two roots, @Asha: x 0 3');
  });
});

describe('links', () => {
  const links = (text: string): (string | null)[][] =>
    one(text).flatMap((piece) => (piece.kind === 'link' ? [[piece.text, piece.href, piece.host]] : []));

  it('lead to the web, without what ends the sentence', () => {
    expect(links('See https://example.org/a_b(c), or (http://x.test/1?q=2&r#s).')).toEqual([
      ['https://example.org/a_b(c)', 'https://example.org/a_b(c)', null],
      ['http://x.test/1?q=2&r#s', 'http://x.test/1?q=2&r#s', null],
    ]);
    expect(links('[the notes](https://example.org/n)')).toEqual([
      ['the notes', 'https://example.org/n', 'example.org'],
    ]);
  });

  it('lead nowhere else, and say where they lead when their words do not', () => {
    for (const text of [
      'javascript:alert(1)',
      '[x](javascript:alert(1))',
      '[x](data:text/html,<script>)',
      '[x](  javascript:1)',
      '[x](//evil.test)',
      '[x](vbscript:x)',
      'https://bank.example@evil.test/',
      '[x](https://bank.example:secret@evil.test)',
      'https://',
    ])
      expect(links(text), text).toEqual([]);
    expect(links('[https://bank.example](https://evil.test)')).toEqual([
      ['https://bank.example', 'https://evil.test/', 'evil.test'],
    ]);
  });
});

const depthOf = (blocks: readonly Block[]): number =>
  1 +
  Math.max(
    0,
    ...blocks.map((block) =>
      block.kind === 'quote'
        ? depthOf(block.of)
        : block.kind === 'list'
          ? Math.max(0, ...block.items.map(depthOf))
          : block.kind === 'paragraph'
            ? inlineDepth(block.of)
            : 0,
    ),
  );
const inlineDepth = (inlines: readonly Inline[]): number =>
  1 + Math.max(0, ...inlines.map((inline) => ('of' in inline ? inlineDepth(inline.of) : 0)));

describe('hostile text', () => {
  it('[C11] is read in bounded depth and little time', () => {
    const began = performance.now();
    for (const text of [
      '> '.repeat(8_000),
      `${'>'.repeat(8_000)} x`,
      '- '.repeat(8_000),
      '*'.repeat(16_000),
      '**a '.repeat(4_000),
      '_a*b'.repeat(4_000),
      '['.repeat(16_000),
      '[a]('.repeat(4_000),
      '`'.repeat(16_000),
      '$x'.repeat(8_000),
      '$$'.repeat(8_000),
      '<@'.repeat(8_000),
      'h'.repeat(16_000),
      'http://'.repeat(2_000),
      '\n'.repeat(16_000),
      '```\n'.repeat(4_000),
      '$$\n'.repeat(5_000),
      '1. '.repeat(5_000),
      `${'~~*_**__'.repeat(2_000)}x${'__**_*~~'.repeat(10)}`,
    ])
      expect(depthOf(parseMarkdown(text)), text.slice(0, 10)).toBeLessThan(20);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('[C11] loses no word and gains none', () => {
    const letters = fc.constantFrom(
      '*',
      '_',
      '~',
      '`',
      '$',
      '[',
      ']',
      '(',
      ')',
      '>',
      '-',
      '#',
      '\n',
      ' ',
      'a',
      'b',
      '<@p>',
    );
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        const bare = (from: string): string => from.replaceAll('<@p>', 'Q').replace(/[^abQ]/g, '');
        expect(bare(plainText(text, () => 'Q'))).toBe(bare(text));
      }),
      { seed: 4, numRuns: 2_000 },
    );
  });

  it('[C11] plays no tricks with directions, widths and piles of marks', () => {
    expect(tame('a\u202Egpj.exe\u2066b\u200Bc\uFEFF\u0000\u0007')).toBe('agpj.exebc');
    expect(tame(`Z${'\u0301'.repeat(4_000)}x`)).toBe(`Z${'\u0301'.repeat(5)}x`);
    const kept = 'क्षेत्रफल, നന്മ‍, 👩🏽‍🏫, می‌خواهم\n\tx ❤️';
    expect(tame(kept)).toBe(kept);
  });
});

describe('formulas', () => {
  it('[C11] that are built to be too much are shown as they were written', () => {
    const formulas = new Formulas();
    const began = performance.now();
    for (const tex of [
      `${'{'.repeat(200)}x${'}'.repeat(200)}`,
      '\\frac{1}{'.repeat(60) + 'x' + '}'.repeat(60),
      '\\hspace{9999em}x',
      '\\rule{9999em}{1em}',
      '\\def\\a{\\a\\a}\\a',
      '\\newcommand{\\a}{\\a\\a}\\a',
      '\\href{javascript:alert(1)}{x}',
      '\\text{<script>}\\style{x}{y}',
      'x^{'.repeat(100),
    ])
      expect(formulas.of(tex, false, formulaOf), tex).toBeNull();
    expect(performance.now() - began).toBeLessThan(15_000);
    const formula = formulas.of('\\frac{1}{2}', true, formulaOf);
    expect(formula && pathOf(formula)).toMatch(/^M[-\d ]+/);
    expect(formula && pathOf(formula)).not.toContain('NaN');
  });
});
