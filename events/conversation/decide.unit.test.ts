import { describe, expect, it } from 'vitest';
import { isRefusal } from '../shared/refusal.ts';
import { specFor } from '../shared/given.ts';
import { decide } from './decide.ts';
import { evolve, initial } from './events.ts';
import * as of from './examples.ts';
import { inviteTokenHash, newInviteToken } from '../shared/invite-token.ts';
import { directIdOf, groupIdFrom } from './ids.ts';
import { mayOpenDirect, MOST_BEGUN_A_DAY, type Acquaintance } from './may-open.ts';

const given = specFor({ initial, evolve, decide });
const { created, linked, joined, invited, opened, blocked } = of;
const group = [created, linked(), joined('meera')];

describe('two people', () => {
  it('CV1: have one conversation, whoever begins it', () => {
    given([]).when(of.open()).then([opened]);
    given([opened]).when(of.open('ravi', 'asha')).then([]);
    given([opened]).when(of.open('asha', 'ravi')).then([]);
    expect(directIdOf('a', 'b')).toBe(directIdOf('b', 'a'));
    expect(directIdOf('a', 'b')).toMatch(/^dm-[0-9a-f-]{36}$/);
  });
  it('CV1: nobody has one with themselves', () => given([]).when(of.open('ravi', 'ravi')).then('with-yourself'));
  it('CV2: each blocks and takes back their own block', () => {
    const other = of.block('ravi', 'asha');
    given([opened]).when(of.block()).then([blocked]);
    given([opened, blocked]).when(of.block()).then([]);
    given([opened, blocked])
      .when(other)
      .then([{ type: 'WriterBlocked', data: { conversationId: 'c1', by: 'ravi', personId: 'asha', at: 7 } }]);
    given([opened, blocked]).when(of.unblock('ravi', 'asha')).then([]);
    given([opened, blocked])
      .when(of.unblock())
      .then([{ type: 'WriterUnblocked', data: { conversationId: 'c1', by: 'asha', personId: 'ravi', at: 7 } }]);
  });
  it('CV2: a third person does nothing', () => {
    given([opened]).when(of.block('zoya', 'ravi')).then('not-a-member');
    given([opened]).when(of.block('ravi', 'zoya')).then('not-a-member');
    given([opened]).when(of.open('zoya', 'ravi')).then('not-a-member');
  });
  it('CV3, CV15: it is over when one is erased', () => {
    given([opened]).when(of.end('ravi')).then([of.ended]);
    given([opened]).when(of.end('zoya')).then([]);
    given([opened, of.ended]).when(of.open()).then('conversation-over');
  });
});

describe('a study group', () => {
  it('CV5: has a name, and its maker in it', () => {
    given([]).when(of.create('  Physics ')).then([created]);
    given([]).when(of.create(' ')).then('name-invalid');
    given([])
      .when(of.create('x'.repeat(81)))
      .then('name-invalid');
    expect(groupIdFrom('ravi', 'r1')).toBe(groupIdFrom('ravi', 'r1'));
    expect(groupIdFrom('ravi', 'r1')).not.toBe(groupIdFrom('meera', 'r1'));
  });
  it('CV6: is its owner’s to run', () => {
    for (const command of [
      of.rename('Maths', 'meera'),
      of.link('k2', 'meera'),
      of.revoke('meera'),
      of.invite('zoya', 'meera'),
      of.remove('ravi', 'meera'),
      of.uninvite('meera', 'zoya'),
    ])
      given(group).when(command).then('not-the-owner');
    given(group).when(of.rename('Maths', 'zoya')).then('not-a-member');
  });
  it('CV7: has one link at a time', () => {
    given([created]).when(of.link()).then([linked()]);
    given(group)
      .when(of.link('k2'))
      .then([of.revoked('k1'), linked('k2')]);
    given(group).when(of.revoke()).then([of.revoked()]);
    given([created]).when(of.revoke()).then([]);
  });
  it('CV7: a secret is long, and its hash says nothing of it', () => {
    const token = newInviteToken();
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(inviteTokenHash(token)).not.toContain(token);
    expect(inviteTokenHash(token)).toBe(inviteTokenHash(token));
    expect(newInviteToken()).not.toBe(token);
  });
  it('CV8: is joined by the link that stands', () => {
    given([created, linked()])
      .when(of.join('meera'))
      .then([joined('meera')]);
    given(group).when(of.join('meera')).then([]);
    given([created, linked(), of.revoked()]).when(of.join('meera')).then('link-unknown');
    given([created, linked(), of.revoked(), linked('k2')])
      .when(of.join('meera', 'k1'))
      .then('link-unknown');
  });
  it('CV9: who was invited joins without one', () => {
    given([created, invited()])
      .when(of.join('zoya', null))
      .then([joined('zoya', 'invitation')]);
    given([created]).when(of.join('zoya', null)).then('not-invited');
    given([created, invited()])
      .when(of.uninvite('zoya'))
      .then([of.uninvited('zoya')]);
    given([created, invited()])
      .when(of.uninvite('ravi'))
      .then([of.uninvited('ravi')]);
    given([created, invited(), of.uninvited('ravi')])
      .when(of.join('zoya', null))
      .then('not-invited');
    given([created]).when(of.uninvite('zoya')).then([]);
  });
  it('CV10: never has a 51st member', () => {
    const others = Array.from({ length: 48 }, (_, n) => joined(`m${n}`));
    const almost = [created, linked(), ...others];
    given(almost)
      .when(of.join('meera'))
      .then([joined('meera')]);
    given([...almost, joined('meera')])
      .when(of.join('zoya'))
      .then('group-full');
    given([...almost, joined('meera')])
      .when(of.invite('zoya'))
      .then('group-full');
    given([...almost, invited('zoya')])
      .when(of.invite('meera'))
      .then('group-full');
  });
  it('CV19: a link works until it ends, and for as many as it was made for; who left counts, too', () => {
    const last = of.tomorrow - 1;
    given([created, linked()])
      .when(of.join('meera', 'k1', last))
      .then([joined('meera', 'link', last)]);
    given([created, linked()])
      .when(of.join('meera', 'k1', of.tomorrow))
      .then('link-expired');
    const two = [created, linked('k1', 2), joined('meera')];
    given(two)
      .when(of.join('bala'))
      .then([joined('bala')]);
    given([...two, joined('bala'), of.left('bala')])
      .when(of.join('zoya'))
      .then('link-used-up');
    // An invitation uses no link, and another link begins anew.
    given([...two, invited('bala'), joined('bala', 'invitation')])
      .when(of.join('zoya'))
      .then([joined('zoya')]);
    given([...two, joined('bala'), of.revoked(), linked('k2', 1)])
      .when(of.join('zoya', 'k2'))
      .then([joined('zoya')]);
  });

  it('CV19: a link is made for 90 days and as many as a group has at most', () => {
    const day = 24 * 3_600_000;
    const make = (expiresAt: number, mostUses: number | null) =>
      given([created]).when(of.link('k1', 'ravi', { expiresAt, mostUses }));
    for (const [ends, most] of [
      [of.at, null],
      [of.at + 90 * day + 1, null],
      [Number.NaN, null],
      [of.tomorrow, 0],
      [of.tomorrow, 51],
      [of.tomorrow, 1.5],
    ] as const)
      make(ends, most).then('link-invalid');
    make(of.tomorrow, 50).then([linked('k1', 50)]);
  });

  it('CV20: who is addressed is told of once, until they have looked; only who is in it is', () => {
    given([opened])
      .when(of.address('ravi'))
      .then([of.addressed('asha', 'ravi', 'direct')]);
    given([opened]).when(of.address('zoya')).then('not-a-member');
    given([opened, of.addressed('asha', 'ravi', 'direct')])
      .when(of.address('ravi'))
      .then([]);
    given([opened, of.addressed('asha', 'ravi', 'direct'), of.caughtUp('asha')])
      .when(of.address('ravi'))
      .then([of.addressed('asha', 'ravi', 'direct')]);
    given(group)
      .when(of.address('meera', 'ravi'))
      .then([of.addressed('ravi', 'meera')]);
    for (const personId of ['zoya', 'meera', null]) given(group).when(of.address('meera', personId)).then([]);
    given(group).when(of.address('zoya', 'ravi')).then('not-a-member');
    given([
      ...group,
      of.addressed('meera', 'ravi'),
      of.removed('meera'),
      invited('meera'),
      joined('meera', 'invitation'),
    ])
      .when(of.address('ravi', 'meera'))
      .then([of.addressed('meera', 'ravi')]);
  });

  it('CV21: who has looked is waited for no more', () => {
    given([...group, of.addressed('meera', 'ravi')])
      .when(of.catchUp('meera'))
      .then([of.caughtUp('meera')]);
    given(group).when(of.catchUp('meera')).then([]);
    given(group).when(of.catchUp('zoya')).then('not-a-member');
  });

  it('CV22: whoever is in it reports a message of another, or all of it; the same thing once while it is open', () => {
    given(group)
      .when(of.report('r1', 'meera', '1.0', 'ravi'))
      .then([of.reported('r1', 'meera', '1.0', 'ravi')]);
    given([opened])
      .when(of.report('r1', 'asha'))
      .then([of.reported('r1', 'asha')]);
    given([opened, of.ended])
      .when(of.report('r1', 'asha'))
      .then([of.reported('r1', 'asha')]);
    given(group)
      .when(of.report('r1', 'zoya', '1.0', 'ravi'))
      .then('not-a-member');
    given(group)
      .when(of.report('r1', 'meera', '1.0', 'meera'))
      .then('own-message');
    const one = [...group, of.reported('r1', 'meera', '1.0', 'ravi')];
    given(one)
      .when(of.report('r2', 'meera', '1.0', 'ravi'))
      .then([]);
    given(one)
      .when(of.report('r2', 'ravi'))
      .then([of.reported('r2', 'ravi')]);
    given([...one, of.reportClosed('r1')])
      .when(of.report('r2', 'meera', '1.0', 'ravi'))
      .then([of.reported('r2', 'meera', '1.0', 'ravi')]);
    const many = Array.from({ length: 20 }, (_, n) => of.reported(`r${n}`, 'meera', `1.${n}`, 'ravi'));
    given([...group, ...many])
      .when(of.report('more', 'meera'))
      .then('too-many-reports');
  });

  it('CV23: a report is closed once, by nobody who is a party of it, also after the conversation has ended', () => {
    const one = [...group, of.reported('r1', 'meera', '1.0', 'ravi')];
    given(one)
      .when(of.closeReport('r1'))
      .then([of.reportClosed('r1')]);
    given([...one, of.reportClosed('r1')])
      .when(of.closeReport('r1'))
      .then([]);
    given(one).when(of.closeReport('r2')).then('report-unknown');
    for (const party of ['meera', 'ravi']) given(one).when(of.closeReport('r1', party)).then('own-case');
    given([...one, of.left('meera'), of.left('ravi'), of.closed])
      .when(of.closeReport('r1'))
      .then([of.reportClosed('r1')]);
    given([...one, of.left('meera'), of.left('ravi'), of.closed])
      .when(of.closeReport('r1', 'meera'))
      .then('own-case');
  });

  it('CV11: a link does not bring back who was removed; an invitation does', () => {
    given(group).when(of.remove()).then([of.removed()]);
    given([...group, of.removed()])
      .when(of.join('meera'))
      .then('removed-before');
    given([...group, of.removed(), invited('meera')])
      .when(of.join('meera'))
      .then([joined('meera', 'invitation')]);
    given([...group, of.removed(), invited('meera'), joined('meera', 'invitation'), of.left('meera')])
      .when(of.join('meera'))
      .then([joined('meera')]);
  });
  it('CV12: the owner does not remove themselves', () => given(group).when(of.remove('ravi')).then('owner-stays'));
  it('CV13: an owner who leaves hands over', () => {
    const three = [...group, joined('zoya')];
    given(group)
      .when(of.leave('meera'))
      .then([of.left('meera')]);
    given(three)
      .when(of.leave('ravi'))
      .then([of.handedOver('meera'), of.left('ravi')]);
    given(three)
      .when(of.leave('ravi', 'zoya'))
      .then([of.handedOver('zoya'), of.left('ravi')]);
    given(three).when(of.leave('ravi', 'nobody')).then('successor-unknown');
    given(three).when(of.leave('ravi', 'ravi')).then('successor-unknown');
    given(three).when(of.leave('nobody')).then('not-a-member');
  });
  it('CV14: closes behind the last', () => {
    given([created, linked(), invited()])
      .when(of.leave('ravi'))
      .then([of.revoked(), of.uninvited('ravi'), of.left('ravi'), of.closed]);
    given([created, of.left('ravi'), of.closed])
      .when(of.join('ravi'))
      .then('conversation-over');
  });
  it('CV15: goes on without who is erased', () => {
    given(group)
      .when(of.end('ravi'))
      .then([of.handedOver('meera'), of.left('ravi')]);
    given([created, invited()])
      .when(of.end('zoya'))
      .then([of.uninvited('zoya')]);
    given(group).when(of.end('zoya')).then([]);
  });
});

describe('who may begin', () => {
  const stranger: Acquaintance = { booked: false, roles: ['student'], otherTeaches: false, begun: 0 };
  const asked = (change: Partial<Acquaintance>): string | null => {
    const no = mayOpenDirect({ ...stranger, ...change });
    return isRefusal(no) ? no.code : no;
  };
  it('CV17: those whom a booking joins, and learners with any tutor', () => {
    expect(asked({ booked: true, roles: ['tutor'] })).toBeNull();
    expect(asked({ otherTeaches: true })).toBeNull();
    expect(asked({ otherTeaches: true, roles: ['guardian'] })).toBeNull();
    expect(asked({})).toBe('not-acquainted');
    expect(asked({ otherTeaches: true, roles: ['tutor'] })).toBe('not-acquainted');
  });
  it('CV18: ten new tutors a day', () => {
    expect(asked({ otherTeaches: true, begun: MOST_BEGUN_A_DAY - 1 })).toBeNull();
    expect(asked({ otherTeaches: true, begun: MOST_BEGUN_A_DAY })).toBe('too-many-begun');
    expect(asked({ booked: true, begun: MOST_BEGUN_A_DAY })).toBeNull();
  });
});
