/** What the host says in awareness about where they look. */
import type { Box } from '#sync/draw/camera.ts';

export interface Lead {
  readonly name: string;
  readonly page: string;
  readonly box: Box;
  /** Rises with each "bring everyone to me". */
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
  const calls = 'calls' in lead && isNumber(lead.calls) ? lead.calls : 0;
  const locked = 'locked' in lead && lead.locked === true;
  return { name: user.name, page: lead.page, box: { left, top, right, bottom }, calls, locked };
}
