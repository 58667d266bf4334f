/** A rehearsal as its address and its form hold it: days, percent, hours, minutes, rupees. Pure. */
import { changesOf, ruleProblem, type Rule, type RuleChanges } from '#events/rehearsal/rule.ts';
import { refuse, type Refusal } from '#events/shared/refusal.ts';
import { addDays, isDay, wallAt } from '../calendar/zoned.ts';
import { periodOf, type Period } from '../period.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** So many days are shown first. */
const USUAL_DAYS = 30;
const MAX_DAYS = 366;
/** As many as there are lines for tiers in the form. */
export const TIER_LINES = 4;

/** What stands in the fields. */
export interface Fields {
  readonly commission: string;
  readonly hold: string;
  readonly grace: string;
  readonly noShow: string;
  readonly held: string;
  readonly second: string;
  readonly tiers: readonly { readonly before: string; readonly back: string }[];
}

export type FieldName = Exclude<keyof Fields, 'tiers'> | 'tiers';

export interface Asked {
  readonly period: Period;
  readonly fields: Fields;
  readonly changes: RuleChanges;
  readonly rule: Rule;
  readonly problem: Refusal | null;
}

const plain = (value: number): string => String(Math.round(value * 100) / 100);

export function fieldsOf(rule: Rule): Fields {
  const tiers = rule.cancelTiers.map(({ beforeMs, refundPct }) => ({
    before: plain(beforeMs / HOUR),
    back: plain(refundPct),
  }));
  const blank = Array.from({ length: Math.max(0, TIER_LINES - tiers.length) }, () => ({ before: '', back: '' }));
  return {
    commission: plain(rule.commissionBps / 100),
    hold: plain(rule.holdMs / HOUR),
    grace: plain(rule.graceMs / MINUTE),
    noShow: plain(rule.noShowAfterMs / MINUTE),
    held: plain(rule.heldPct),
    second: plain(rule.secondPersonAbove / 100),
    tiers: [...tiers, ...blank],
  };
}

/** A decimal number of the form; NaN for anything else, which no bound lets through. */
const figure = (text: string): number => (/^\d{1,9}(\.\d{1,2})?$/.test(text.trim()) ? Number(text) : Number.NaN);

function ruleIn({ commission, hold, grace, noShow, held, second, tiers }: Fields): Rule {
  return {
    commissionBps: Math.round(figure(commission) * 100),
    holdMs: Math.round(figure(hold) * HOUR),
    graceMs: Math.round(figure(grace) * MINUTE),
    noShowAfterMs: Math.round(figure(noShow) * MINUTE),
    heldPct: figure(held),
    secondPersonAbove: Math.round(figure(second) * 100),
    cancelTiers: tiers
      .filter(({ before, back }) => before.trim() !== '' || back.trim() !== '')
      .map(({ before, back }) => ({ beforeMs: Math.round(figure(before) * HOUR), refundPct: figure(back) })),
  };
}

/** What is missing in the address is as it is in force. */
function fieldsIn(search: URLSearchParams, inForce: Fields): Fields {
  const of = (name: Exclude<FieldName, 'tiers'>): string => search.get(name) ?? inForce[name];
  const backs = search.getAll('back');
  const asked = search.getAll('before').slice(0, TIER_LINES + 1);
  return {
    commission: of('commission'),
    hold: of('hold'),
    grace: of('grace'),
    noShow: of('noShow'),
    held: of('held'),
    second: of('second'),
    tiers: search.has('before') ? asked.map((before, n) => ({ before, back: backs[n] ?? '' })) : inForce.tiers,
  };
}

export function askedIn(search: URLSearchParams, inForce: Rule, now: number, zone: string): Asked {
  const today = wallAt(now, zone).day;
  const days = new URLSearchParams(search);
  if (!isDay(days.get('from') ?? '')) days.set('from', addDays(today, -USUAL_DAYS));
  if (!isDay(days.get('to') ?? '')) days.set('to', today);
  const period = periodOf(days, now, zone);
  const fields = fieldsIn(search, fieldsOf(inForce));
  const rule = ruleIn(fields);
  const problem = periodProblem(period) ?? ruleProblem(rule);
  return { period, fields, rule, changes: problem ? {} : changesOf(inForce, rule), problem };
}

function periodProblem({ from, to }: Period): Refusal | null {
  const days = Math.round((to - from) / DAY);
  return days > MAX_DAYS ? refuse('period-too-long', 'At most a year is rehearsed at once.') : null;
}

/** Which fields differ from what is in force. */
export function changedFields(fields: Fields, inForce: Fields): ReadonlySet<FieldName> {
  const filled = ({ tiers }: Fields): string =>
    JSON.stringify(tiers.filter(({ before, back }) => before !== '' || back !== ''));
  const names = ['commission', 'hold', 'grace', 'noShow', 'held', 'second'] as const;
  const changed = new Set<FieldName>(names.filter((name) => fields[name].trim() !== inForce[name]));
  if (filled(fields) !== filled(inForce)) changed.add('tiers');
  return changed;
}

/** The form as an address has it. */
export function searchOf(fromDay: string, toDay: string, fields: Fields): URLSearchParams {
  const { tiers, ...figures } = fields;
  const search = new URLSearchParams({ from: fromDay, to: toDay, ...figures });
  for (const { before, back } of tiers) {
    search.append('before', before);
    search.append('back', back);
  }
  return search;
}
