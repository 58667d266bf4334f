import type { Role } from '../access/roles.ts';
import { impossible, never } from '../shared/never.ts';

/** Stream `person-<personId>`. Names and e-mail addresses stay with the account: no personal data in the log. */
export type PersonEvent =
  | {
      readonly type: 'PersonRegistered';
      readonly data: { readonly personId: string; readonly role: Role; readonly zone: string };
    }
  | { readonly type: 'RoleGranted'; readonly data: { readonly personId: string; readonly role: Role } }
  | { readonly type: 'ZoneChanged'; readonly data: { readonly personId: string; readonly zone: string } }
  | {
      readonly type: 'GuardianLinked';
      readonly data: { readonly personId: string; readonly guardianId: string };
    }
  | {
      /** Their words and data can no longer be read (events/sealing); what was agreed and paid stays. */
      readonly type: 'PersonErased';
      readonly data: { readonly personId: string; readonly at: number };
    };

export type PersonState =
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'registered';
      readonly personId: string;
      readonly zone: string;
      readonly roles: readonly Role[];
      readonly guardians: readonly string[];
    }
  | { readonly kind: 'erased'; readonly personId: string };

export const initial: PersonState = { kind: 'unknown' };

export function evolve(state: PersonState, event: PersonEvent): PersonState {
  if (event.type === 'PersonRegistered') {
    const { personId, role, zone } = event.data;
    return state.kind === 'unknown'
      ? { kind: 'registered', personId, zone, roles: [role], guardians: [] }
      : impossible(event, state);
  }
  if (state.kind !== 'registered') return impossible(event, state);
  switch (event.type) {
    case 'RoleGranted':
      return { ...state, roles: [...state.roles, event.data.role] };
    case 'ZoneChanged':
      return { ...state, zone: event.data.zone };
    case 'GuardianLinked':
      return { ...state, guardians: [...state.guardians, event.data.guardianId] };
    case 'PersonErased':
      return { kind: 'erased', personId: event.data.personId };
    default:
      return never(event, 'person event');
  }
}
