import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { deleteMessage, editMessage, markRead, postMessage } from '#sync/documents/chat-writer.ts';
import type { ConversationMember, ConversationRow } from '#projections/queries.ts';
import type { ConversationLine } from './contract.ts';
import { inOrder, inviteFor, lineFor, pageFor } from './lines.ts';
import { createSummaries, NOTHING_SAID, summaryOf, type StoredChat } from './summaries.server.ts';

const asha = { personId: 'asha', name: 'Asha Rao' };
const ravi = { personId: 'ravi', name: 'Ravi Nair' };
const docOf = (client: number): Y.Doc => {
  const doc = new Y.Doc();
  doc.clientID = client;
  return doc;
};
const whole = (...docs: readonly Y.Doc[]) => docs.map((doc) => Y.encodeStateAsUpdate(doc));
const merge = (to: Y.Doc, from: Y.Doc): void => Y.applyUpdate(to, Y.encodeStateAsUpdate(from));

describe('the summary of a chat', () => {
  it('has the last line that can be seen, as words, and what others said since one looked', () => {
    const [one, two] = [docOf(1), docOf(2)];
    postMessage(one, asha, 'First', 10);
    merge(two, one);
    const second = postMessage(two, ravi, 'Second', 20) ?? '';
    merge(one, two);
    postMessage(one, asha, 'See <@ravi>:\n**page 12**', 30);
    const before = summaryOf(whole(one, two));
    expect(before.last).toEqual({ at: 30, ...asha, text: 'See @Ravi Nair: page 12', files: 0 });
    expect([before.unreadOf('ravi'), before.unreadOf('asha'), before.unreadOf('meera')]).toEqual([2, 1, 3]);
    merge(two, one);
    markRead(two, 'ravi', 1);
    deleteMessage(two, second, 'ravi');
    const after = summaryOf(whole(two));
    expect([after.unreadOf('ravi'), after.unreadOf('asha'), after.unreadOf('meera')]).toEqual([1, 0, 2]);
  });

  it('shows an edit, and the line before one that was deleted', () => {
    const one = docOf(1);
    const first = postMessage(one, asha, 'At five', 10) ?? '';
    const second = postMessage(one, asha, 'Or not', 20) ?? '';
    editMessage(one, first, 'At six', 30);
    deleteMessage(one, second, 'asha');
    expect(summaryOf(whole(one)).last).toMatchObject({ text: 'At six', at: 10 });
    expect(summaryOf([]).last).toBeNull();
  });

  it('is read when something new is stored, and only then', async () => {
    const one = docOf(1);
    postMessage(one, asha, 'First', 10);
    let stored: StoredChat = { seq: 1, updates: whole(one) };
    const asked: number[] = [];
    let read = 0;
    const summaries = createSummaries(async (known) => {
      const seq = known.get('chat:dm-1') ?? -1;
      asked.push(seq);
      if (stored.seq <= seq) return new Map();
      read += 1;
      return new Map([['chat:dm-1', stored]]);
    });
    const last = async () => (await summaries(['chat:dm-1'])).get('chat:dm-1')?.last?.text;
    expect(await Promise.all([last(), last(), last()])).toEqual(['First', 'First', 'First']);
    expect(read).toBe(1);
    postMessage(one, asha, 'Second', 20);
    stored = { seq: 2, updates: whole(one) };
    expect(await last()).toBe('Second');
    expect(asked).toEqual([0, 1, 1, 1]);
    expect(await summaries([])).toEqual(new Map());
  });
});

const member = (personId: string, change: Partial<ConversationMember> = {}): ConversationMember => ({
  personId,
  name: personId.toUpperCase(),
  state: 'in',
  since: 1,
  invitedBy: null,
  blocks: false,
  ...change,
});
const group: ConversationRow = {
  conversationId: 'group-1',
  kind: 'group',
  name: 'Physics',
  ownerId: 'ravi',
  begunBy: 'ravi',
  begunAt: 1,
  over: false,
  link: { madeAt: 5, expiresAt: 50, mostUses: 2, uses: 1 },
  removed: [{ personId: 'bala', name: 'BALA' }],
  members: [member('ravi'), member('meera'), member('zoya', { state: 'invited', invitedBy: 'ravi' })],
};
const pair: ConversationRow = {
  ...group,
  conversationId: 'dm-1',
  kind: 'direct',
  name: null,
  ownerId: null,
  link: null,
  removed: [],
  members: [member('asha'), member('ravi')],
};
const said = { last: { at: 9, ...asha, text: 'Hello', files: 0 }, unreadOf: () => 3 };

describe('what one person sees of a conversation', () => {
  it('is nothing of what they are not in, and only the invitation of what they are invited to', () => {
    expect(lineFor('asha', group, said)).toBeNull();
    expect(pageFor('asha', group, 9)).toBeNull();
    expect(lineFor('zoya', group, said)).toMatchObject({ invitedBy: 'RAVI', last: null, unread: 0, members: 2 });
    expect(pageFor('zoya', group, 9)).toMatchObject({ mine: 'invited', invitedBy: 'RAVI', link: null, invited: [] });
  });
  it('is the link and the invitations for the owner alone', () => {
    expect(pageFor('ravi', group, 9)).toMatchObject({
      mine: 'owner',
      link: { madeAt: 5, expiresAt: 50, mostUses: 2, uses: 1, dead: null },
      removed: [{ personId: 'bala' }],
      invited: [{ personId: 'zoya', name: 'ZOYA' }],
      members: [
        { personId: 'ravi', owner: true },
        { personId: 'meera', owner: false },
      ],
    });
    expect(pageFor('meera', group, 9)).toMatchObject({ mine: 'member', link: null, removed: [], invited: [] });
    expect(pageFor('ravi', group, 50)?.link?.dead).toBe('expired');
  });
  it('is the other one’s name, and nothing before the first line for who did not begin it', () => {
    expect(lineFor('asha', pair, NOTHING_SAID)).toBeNull();
    expect(lineFor('ravi', pair, NOTHING_SAID)).toMatchObject({ title: 'ASHA', otherId: 'asha', last: null });
    expect(lineFor('asha', pair, said)).toMatchObject({ title: 'RAVI', unread: 3 });
  });
  it('has nothing unread where nobody can write', () => {
    const blocked = { ...pair, members: [member('asha', { blocks: true }), member('ravi')] };
    expect(pageFor('asha', blocked, 9)?.state).toBe('blocked');
    expect(pageFor('ravi', blocked, 9)?.state).toBe('blocking');
    expect(lineFor('ravi', blocked, said)).toMatchObject({ unread: 0, open: false });
    const over = { ...pair, over: true, members: [member('ravi')] };
    expect(pageFor('ravi', over, 9)).toMatchObject({ state: 'over', title: null });
  });
  it('stands in the order of what wants something, then of the last line', () => {
    const at = (conversationId: string, change: Partial<ConversationLine>): ConversationLine => {
      const line = lineFor('ravi', pair, said);
      if (!line) throw new Error('no line');
      return { ...line, conversationId, ...change };
    };
    const lines = [
      at('old', { last: { ...said.last, at: 1 } }),
      at('new', { last: { ...said.last, at: 2 } }),
      at('empty', { last: null }),
      at('invited', { last: null, invitedBy: 'Asha' }),
    ];
    expect(inOrder(lines).map(({ conversationId }) => conversationId)).toEqual(['invited', 'empty', 'new', 'old']);
  });
  it('is full at fifty', () => {
    const full = { ...group, members: Array.from({ length: 50 }, (_, n) => member(`m${n}`)) };
    expect(inviteFor('zoya', full, 9)).toMatchObject({ full: true, joined: false, title: 'Physics' });
    expect(inviteFor('m3', full, 9)).toMatchObject({ joined: true });
    expect(inviteFor('zoya', group, 9)).toMatchObject({ full: false, joined: false, members: [{}, {}], dead: null });
  });
  it('says of a link that it has ended, by its day or by how many have come', () => {
    expect(inviteFor('zoya', group, 50).dead).toBe('expired');
    expect(inviteFor('zoya', { ...group, link: group.link && { ...group.link, uses: 2 } }, 9).dead).toBe('used-up');
  });
});
