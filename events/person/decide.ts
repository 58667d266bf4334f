import type { Command } from '../shared/command.ts';
import type { Role } from '../access/roles.ts';
import { isZone } from '../shared/check.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { PersonEvent, PersonState } from './events.ts';

export type PersonCommand =
  | Command<'RegisterPerson', { personId: string; role: Role; zone: string }>
  | Command<'GrantRole', { personId: string; role: Role }>
  | Command<'ChangeZone', { personId: string; zone: string }>
  | Command<'LinkGuardian', { personId: string; guardianId: string }>
  | Command<'ErasePerson', { personId: string }>;

const NOT_REGISTERED = refuse('not-registered', 'This account is not set up yet. Sign in again to finish it.');
const ERASED = refuse('person-erased', 'This person was erased. Nothing can be changed or added any more.');
const ZONE_UNKNOWN = refuse('zone-unknown', 'This time zone is not known. Choose one from the list.');

/**
 * Rules PE1–PE7. Who may ask for a role is checked before, by `mayRegisterAs`; whether nothing is open any more when
 * somebody is erased, by `canErase`.
 */
export function decide(command: PersonCommand, state: PersonState): readonly PersonEvent[] | Refusal {
  if (state.kind === 'erased') return command.type === 'ErasePerson' ? [] : ERASED;
  switch (command.type) {
    case 'RegisterPerson': {
      const { personId, role, zone } = command.data;
      if (state.kind === 'registered') {
        if (state.roles.includes(role)) return [];
        return refuse('already-registered', 'This account is registered already, in another role.');
      }
      if (!isZone(zone)) return ZONE_UNKNOWN;
      return [{ type: 'PersonRegistered', data: { personId, role, zone } }];
    }
    case 'GrantRole': {
      const { personId, role } = command.data;
      if (state.kind !== 'registered') return NOT_REGISTERED;
      return state.roles.includes(role) ? [] : [{ type: 'RoleGranted', data: { personId, role } }];
    }
    case 'ChangeZone': {
      const { personId, zone } = command.data;
      if (state.kind !== 'registered') return NOT_REGISTERED;
      if (state.zone === zone) return [];
      return isZone(zone) ? [{ type: 'ZoneChanged', data: { personId, zone } }] : ZONE_UNKNOWN;
    }
    case 'LinkGuardian': {
      const { personId, guardianId } = command.data;
      if (state.kind !== 'registered') return NOT_REGISTERED;
      if (guardianId === personId) return refuse('own-guardian', 'A person cannot be their own guardian.');
      if (!state.roles.includes('student')) return refuse('not-a-student', 'Only a student can have a guardian here.');
      return state.guardians.includes(guardianId) ? [] : [{ type: 'GuardianLinked', data: { personId, guardianId } }];
    }
    case 'ErasePerson': {
      if (state.kind !== 'registered') return NOT_REGISTERED;
      return [{ type: 'PersonErased', data: { personId: command.data.personId, at: command.now } }];
    }
    default:
      return never(command, 'person command');
  }
}
