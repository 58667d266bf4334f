import { describe, expect, it } from 'vitest';
import { ruleOf } from '#events/rehearsal/rule.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { DAY, HOUR, MINUTE } from '#events/shared/times.ts';
import { askedIn, changedFields, fieldsOf, searchOf } from './asked.ts';

const IN_FORCE = ruleOf(POLICY_2026_11);
/** Half past eleven in the evening in India: still the 22nd there, and in UTC too. */
const NOW = Date.UTC(2026, 10, 22, 18);
const asked = (search: string) => askedIn(new URLSearchParams(search), IN_FORCE, NOW, 'Asia/Kolkata');

describe('a rehearsal in an address', () => {
  it('[RH2] without any field is the rule in force over the last thirty days', () => {
    const { period, changes, rule, problem } = asked('');
    expect([period.fromDay, period.toDay]).toEqual(['2026-10-23', '2026-11-22']);
    expect([changes, rule, problem]).toEqual([{}, IN_FORCE, null]);
    // The last day is in it, as days are where the reader is.
    expect(period.to).toBe(Date.UTC(2026, 10, 22, 18, 30));
    expect(period.to - period.from).toBe(31 * DAY);
  });

  it('[RH2] comes back from its form as it was', () => {
    const search = searchOf('2026-11-01', '2026-11-30', fieldsOf(IN_FORCE));
    expect(asked(search.toString())).toMatchObject({ changes: {}, fields: fieldsOf(IN_FORCE), problem: null });
    expect(changedFields(fieldsOf(IN_FORCE), fieldsOf(IN_FORCE)).size).toBe(0);
  });

  it('[RH1] reads percent, hours, minutes and rupees', () => {
    const { changes } = asked('commission=12.5&hold=24&grace=0&noShow=10&held=60&second=2000');
    expect(changes).toEqual({
      commissionBps: 1_250,
      holdMs: 24 * HOUR,
      graceMs: 0,
      noShowAfterMs: 10 * MINUTE,
      heldPct: 60,
      secondPersonAbove: 200_000,
    });
  });

  it('[RH1] reads tiers line by line, and leaves empty lines out', () => {
    const { changes } = asked('before=48&back=100&before=&back=&before=6&back=25');
    expect(changes.cancelTiers).toEqual([
      { beforeMs: 48 * HOUR, refundPct: 100 },
      { beforeMs: 6 * HOUR, refundPct: 25 },
    ]);
    expect(asked('before=&back=').changes.cancelTiers).toEqual([]);
  });

  it('[RH1] refuses what is no number, and changes nothing then', () => {
    for (const [search, code] of [
      ['commission=ten', 'commission-invalid'],
      ['hold=-1', 'hold-invalid'],
      ['noShow=', 'no-show-invalid'],
      ['before=24&back=', 'tier-invalid'],
      ['from=2020-01-01&to=2026-01-01', 'period-too-long'],
    ] as const)
      expect(asked(search), search).toMatchObject({ changes: {}, problem: { code } });
  });

  it('marks the fields that differ', () => {
    const fields = { ...fieldsOf(IN_FORCE), hold: '24', tiers: [{ before: '24', back: '100' }] };
    expect([...changedFields(fields, fieldsOf(IN_FORCE))]).toEqual(['hold', 'tiers']);
  });
});
