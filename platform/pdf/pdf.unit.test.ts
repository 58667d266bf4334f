import { describe, expect, it } from 'vitest';
import { readPdf } from '../../tests/support/pdf-text.ts';
import type { Paper, Part } from './paper.ts';
import { pdf } from './pdf.server.ts';
import { runsOf } from './type.server.ts';

const paper = (...parts: readonly Part[]): Paper => ({
  title: 'A paper',
  author: 'Somebody',
  madeAt: Date.UTC(2026, 10, 22, 4, 15),
  footer: 'The line at the foot',
  parts,
});

const written = async (...parts: readonly Part[]) => readPdf(await pdf(paper(...parts)));

const table = (rows: readonly (readonly string[])[], total?: readonly string[]): Part => ({
  kind: 'table',
  columns: [
    { title: 'Day', share: 1 },
    { title: 'What happened', share: 3 },
    { title: 'Amount', share: 1, align: 'end' },
  ],
  rows,
  total,
});

describe('a paper as PDF', () => {
  it('[PDF1] has the same bytes whenever and wherever it is written', async () => {
    const zone = process.env['TZ'];
    const one = paper({ kind: 'paragraph', text: '₹720.00 for मीरा' }, table([['1', 'a', '₹1.00']]));
    try {
      process.env['TZ'] = 'Asia/Kolkata';
      const here = await pdf(one);
      process.env['TZ'] = 'America/New_York';
      expect((await pdf(one)).equals(here)).toBe(true);
      expect((await pdf({ ...one, madeAt: one.madeAt + 1_000 })).equals(here)).toBe(false);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('[PDF2] carries a long table over pages, each row once and in order, with its head on every page', async () => {
    const rows = Array.from({ length: 120 }, (_, index) => [
      `${index + 1} Nov`,
      'A lesson was held and paid. '.repeat(1 + (index % 3)),
      `₹${index}.00`,
    ]);
    const { pages } = await written(table(rows, ['', 'In all', '₹7,140.00']));
    expect(pages.length).toBeGreaterThan(3);
    for (const page of pages) expect(page).toContain('What happened');
    const days = pages.flatMap((page) => [...page.matchAll(/^(\d+) Nov/gm)].map(([, day]) => Number(day)));
    expect(days).toEqual(rows.map((_, index) => index + 1));
    expect(pages.at(-1)).toContain('₹7,140.00');
  });

  it('[PDF2] breaks words that no line can hold, and rows that no page can hold', async () => {
    const word = Array.from({ length: 400 }, (_, index) => String(index % 10)).join('');
    const story = Array.from({ length: 900 }, (_, index) => `word${index}`).join(' ');
    const { pages } = await written(
      { kind: 'paragraph', text: word },
      { kind: 'facts', rows: [['Told', story]] },
      table([['1', story, '']]),
    );
    const text = pages.join('\n');
    expect(text.replaceAll(/\s/g, '')).toContain(word);
    for (const index of [0, 450, 899]) expect(text.split(new RegExp(`word${index}\\b`))).toHaveLength(3);
  });

  it('[PDF3] writes ₹ and names in Devanagari and with marks, and `?` for what it has no letters for', async () => {
    const { pages } = await written({
      kind: 'paragraph',
      text: '₹800.00 from मीरा and Łukasz Zoë, Ngô, Αλέξης 😀 日本',
    });
    expect(pages[0]).toContain('₹800.00 from मीरा and Łukasz Zoë, Ngô, Αλέξης ? ??');
    expect(runsOf('a मीरा b').map(({ script }) => script)).toEqual(['latin', 'devanagari', 'latin']);
  });

  it('[PDF4] numbers its pages, repeats the footer, and has title and date in its properties', async () => {
    const { pages, title, madeAt } = await written(
      { kind: 'heading', text: 'First' },
      { kind: 'page-break' },
      { kind: 'heading', text: 'Second' },
    );
    expect(pages).toHaveLength(2);
    expect(pages[0]).toMatch(/First[^]*The line at the foot\s*Page 1 of 2/);
    expect(pages[1]).toMatch(/Second[^]*The line at the foot\s*Page 2 of 2/);
    expect([title, madeAt]).toEqual(['A paper', 'D:20261122041500Z']);
  });

  it('refuses a row that does not fit its table', async () => {
    await expect(pdf(paper(table([['only one']])))).rejects.toThrow(RangeError);
  });
});
