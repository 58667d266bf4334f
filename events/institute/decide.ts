import { isText } from '../shared/check.ts';
import type { Command } from '../shared/command.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { InstituteEvent, InstituteState } from './events.ts';

export type InstituteCommand =
  | Command<'FoundInstitute', { instituteId: string; name: string }>
  | Command<'AddMember', { instituteId: string; personId: string; as: 'admin' | 'tutor' | 'student' }>;

/** Rules IN1–IN2. */
export function decide(command: InstituteCommand, state: InstituteState): readonly InstituteEvent[] | Refusal {
  switch (command.type) {
    case 'FoundInstitute': {
      const { instituteId, name } = command.data;
      if (state.kind === 'founded') {
        if (state.name === name) return [];
        return refuse('institute-exists', 'This institute exists already, under another name.');
      }
      if (!isText(name, 1, 120)) return refuse('name-invalid', 'Give the institute a name of up to 120 characters.');
      return [{ type: 'InstituteFounded', data: { instituteId, name } }];
    }
    case 'AddMember': {
      const { instituteId, personId, as } = command.data;
      if (state.kind !== 'founded') return refuse('institute-unknown', 'There is no such institute.');
      const known = state.members.some((member) => member.personId === personId && member.as === as);
      return known ? [] : [{ type: 'MemberAdded', data: { instituteId, personId, as } }];
    }
    default:
      return never(command, 'institute command');
  }
}
