import { describe, expect, it } from 'vitest';
import { en } from '../messages/en/index.ts';
import type { ConversationLine } from '#app/server/conversations/contract.ts';
import { countOf, lineOf, tabOf, titleOf, whenOf } from './words.ts';

const m = en.conversations;
const line: ConversationLine = {
  conversationId: 'group-1',
  kind: 'group',
  title: 'Physics',
  otherId: null,
  members: 3,
  invitedBy: null,
  last: { at: 0, personId: 'ravi', name: 'Ravi Nair', text: 'See you', files: 0 },
  unread: 0,
  open: true,
};

describe('a conversation in a list', () => {
  it('says who spoke last where there are several, and files where there are no words', () => {
    expect(lineOf(line, 'asha', m)).toBe('Ravi: See you');
    expect(lineOf(line, 'ravi', m)).toBe('You: See you');
    expect(lineOf({ ...line, kind: 'direct' }, 'asha', m)).toBe('See you');
    const files = { at: 0, personId: 'ravi', name: 'Ravi Nair', text: '', files: 2 };
    expect(lineOf({ ...line, last: files }, 'asha', m)).toBe('Ravi: 2 files');
    expect(lineOf({ ...line, last: null }, 'asha', m)).toBe(m.nothingYet);
    expect(lineOf({ ...line, last: null, invitedBy: 'Asha' }, 'ravi', m)).toBe('Asha invites you');
  });
  it('has a name when nobody knows it any more', () => {
    expect(titleOf({ kind: 'group', title: null }, m)).toBe('Study group');
    expect(titleOf({ kind: 'direct', title: null }, m)).toBe('Someone who left');
  });
  it('counts in the name of the tab', () => {
    expect(tabOf('Messages', [])).toBe('Messages · NexusEd');
    expect(tabOf('Physics', [{ unread: 2 }, { unread: 0 }, { unread: 1 }])).toBe('(3) Physics · NexusEd');
    expect(tabOf('Physics', [{ unread: 120 }])).toBe('(99+) Physics · NexusEd');
  });
  it('tells the clock today and the day before', () => {
    const at = Date.UTC(2026, 10, 21, 5, 0);
    expect(whenOf(at, 'Asia/Kolkata', at + 3_600_000)).toBe('10:30 am');
    expect(whenOf(at, 'Asia/Kolkata', at + 86_400_000)).toBe('Sat 21 Nov');
    expect(countOf(100)).toBe('99+');
  });
});
