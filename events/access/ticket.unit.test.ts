import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Ticket } from './ticket.ts';
import { createTicketOffice } from './ticket.server.ts';

const key = new Uint8Array(32).fill(7);
const MINUTE = 60_000;
const t = 1_800_000_000_000;
const ticket: Ticket = {
  lessonId: 'l1',
  personId: 'p1',
  name: 'आशा Rao',
  role: 'participant',
  documents: { 'board:l1': [1, 4_294_967_295], 'chat:l1': [2] },
  expiresAt: t + 15 * MINUTE,
};
const office = (now = t, secret = key) => createTicketOffice(secret, () => now);
const token = office().sign(ticket);
const signedBy = (secret: Uint8Array, version: string, payload: string) => {
  const signed = `${version}.${Buffer.from(payload).toString('base64url')}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
};

describe('tickets', () => {
  it('TI1: come back as they were signed', () => expect(office().verify(token)).toEqual(ticket));

  it('TI2: are never good for more than 15 minutes', () => {
    expect(() => office().sign({ ...ticket, expiresAt: t + 15 * MINUTE + 1 })).toThrow(RangeError);
    expect(() => office().sign({ ...ticket, expiresAt: t })).toThrow(RangeError);
    expect(() => office().sign({ ...ticket, expiresAt: Number.NaN })).toThrow(RangeError);
    const overlong = signedBy(key, 'v1', JSON.stringify({ ...ticket, expiresAt: t + 16 * MINUTE }));
    expect(office().verify(overlong)).toBeNull();
    expect(office(t - 5_000).verify(token)).toEqual(ticket);
    expect(office(t - 5_001).verify(token)).toBeNull();
  });

  it('TI3: expire at their very end', () => {
    expect(office(ticket.expiresAt - 1).verify(token)).toEqual(ticket);
    expect(office(ticket.expiresAt).verify(token)).toBeNull();
  });

  it('TI4: of another key are nothing', () => expect(office(t, new Uint8Array(32).fill(8)).verify(token)).toBeNull());

  it('TI4: altered in any single character are nothing', () => {
    for (let index = 0; index < token.length; index += 1) {
      const other = token[index] === 'A' ? 'B' : 'A';
      expect(office().verify(`${token.slice(0, index)}${other}${token.slice(index + 1)}`)).toBeNull();
    }
  });

  it('TI4: with another’s payload, or another spelling of the signature, are nothing', () => {
    const [, , signature] = token.split('.');
    const host = Buffer.from(JSON.stringify({ ...ticket, role: 'host' })).toString('base64url');
    expect(office().verify(`v1.${host}.${signature}`)).toBeNull();
    expect(office().verify(`${token}=`)).toBeNull();
    expect(office().verify(`${token} `)).toBeNull();
    expect(office().verify(token.slice(0, -1))).toBeNull();
  });

  it.each(['', '.', '..', 'v1', 'v1..', 'v1.e30.', `${token}.x`, 'x'.repeat(6_001), 'v1.%%%.%%%'])(
    'TI5: malformed are nothing: %.20s',
    (bad) => expect(office().verify(bad)).toBeNull(),
  );

  it.each([
    'not json',
    'null',
    '[]',
    JSON.stringify({ ...ticket, role: 'admin' }),
    JSON.stringify({ ...ticket, personId: 7 }),
    JSON.stringify({ ...ticket, documents: { x: ['1'] } }),
    JSON.stringify({ ...ticket, documents: null }),
    JSON.stringify({ ...ticket, ownOf: 'p1' }),
    JSON.stringify({ ...ticket, ownOf: [1] }),
    JSON.stringify({ ...ticket, expiresAt: null }),
  ])('TI5: of a wrong shape are nothing, though signed: %.30s', (payload) =>
    expect(office().verify(signedBy(key, 'v1', payload))).toBeNull(),
  );

  it('TI6: of another version are nothing', () =>
    expect(office().verify(signedBy(key, 'v2', JSON.stringify(ticket)))).toBeNull());

  it('carry nothing but what a ticket says, and fit into a query string', () => {
    const more = { ...ticket, email: 'secret@example.org' };
    expect(office().sign(more)).toBe(token);
    const many = Array.from({ length: 1_000 }, (_, index) => 4_000_000_000 + index);
    expect(() => office().sign({ ...ticket, documents: { 'board:l1': many } })).toThrow('too long');
    const ownOf = Array.from({ length: 50 }, () => crypto.randomUUID());
    expect(office().verify(office().sign({ ...ticket, ownOf }))).toEqual({ ...ticket, ownOf });
  });

  it('need a key of 32 bytes, which later changes do not reach', () => {
    expect(() => createTicketOffice(new Uint8Array(31))).toThrow(RangeError);
    const mine = new Uint8Array(32).fill(7);
    const careful = createTicketOffice(mine, () => t);
    mine.fill(0);
    expect(careful.verify(token)).toEqual(ticket);
  });
});
