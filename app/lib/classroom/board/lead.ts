/** What the host says in awareness about where they look. */
import type { Box } from '#sync/draw/camera.ts';

export interface Lead {
  readonly name: string;
  readonly page: string;
  readonly box: Box;
  /** When the host last said "bring everyone to me", by their own clock, wall ms; 0 for never. */
  readonly calls: number;
  readonly locked: boolean;
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) < 1e7;

/** What a state says about leading, if it is the host's. */
export function leadOf(state: Readonly<Record<string, unknown>>, hostId: string): Lead | null {
  const { user, lead } = state;
  if (typeof user !== 'object' || user === null || !('personId' in user) || user.personId !== hostId) return null;
  if (!('name' in user) || typeof user.name !== 'string') return null;
  if (typeof lead !== 'object' || lead === null || !('page' in lead) || !('box' in lead) || !Array.isArray(lead.box))
    return null;
  const [left, top, right, bottom]: unknown[] = lead.box;
  if (!isNumber(left) || !isNumber(top) || !isNumber(right) || !isNumber(bottom)) return null;
  if (typeof lead.page !== 'string' || right <= left || bottom <= top) return null;
  const calls = 'calls' in lead && typeof lead.calls === 'number' && lead.calls > 0 ? lead.calls : 0;
  const locked = 'locked' in lead && lead.locked === true;
  return { name: user.name, page: lead.page, box: { left, top, right, bottom }, calls, locked };
}

/** How a viewer stands to the one who leads. */
export interface Ways {
  /** They went their own way. */
  readonly strayed: boolean;
  /** When everyone was called last, as far as they know; null before they saw the host. */
  readonly called: number | null;
}

/** The same after a look at the host: everyone follows, until they go their own way, until they are called or kept. */
export function waysAfter({ strayed, called }: Ways, lead: Lead | null): Ways {
  if (!lead) return { strayed, called };
  const comes = lead.locked || (called !== null && lead.calls > called);
  return { strayed: strayed && !comes, called: Math.max(called ?? 0, lead.calls) };
}
