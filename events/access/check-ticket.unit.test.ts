import { describe, expect, it } from 'vitest';
import { CHECK_MS, createCheckOffice } from './check-ticket.server.ts';
import { createTicketOffice } from './ticket.server.ts';

const KEY = Buffer.alloc(32, 7);
const NOW = 1_795_000_000_000;
const office = createCheckOffice(KEY, () => NOW);
const ticket = { code: 'ABCD2345', expiresAt: NOW + CHECK_MS };

describe('tickets of connectivity checks', () => {
  it('[CK1] open what they were signed for, until they run out', () => {
    const token = office.sign(ticket);
    expect(office.verify(token)).toEqual(ticket);
    expect(createCheckOffice(KEY, () => NOW + CHECK_MS).verify(token)).toBeNull();
    expect(createCheckOffice(KEY, () => NOW - 60_000).verify(token)).toBeNull();
  });

  it('[CK1] are nothing once a character is another one', () => {
    const token = office.sign(ticket);
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const altered = token.slice(0, at) + other + token.slice(at + 1);
      const read = office.verify(altered);
      // The last character of base64url has bits to spare.
      if (read !== null) expect([at, read]).toEqual([token.length - 1, ticket]);
    }
    expect(office.verify('')).toBeNull();
    expect(createCheckOffice(Buffer.alloc(32, 8), () => NOW).verify(token)).toBeNull();
  });

  it('[CK1] open no lesson, and a lesson’s ticket is no ticket of a check', () => {
    const lessons = createTicketOffice(KEY, () => NOW);
    expect(lessons.verify(office.sign(ticket))).toBeNull();
    const lesson = { lessonId: 'l', personId: 'p', name: 'n', role: 'host' as const, documents: {} };
    expect(office.verify(lessons.sign({ ...lesson, expiresAt: NOW + 1_000 }))).toBeNull();
  });

  it('[CK1] are not signed for what is no code', () => {
    expect(() => office.sign({ ...ticket, code: 'a.b' })).toThrow(RangeError);
  });
});
