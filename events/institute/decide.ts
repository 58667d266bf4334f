import type { Command } from '../shared/command.ts';

export type InstituteCommand =
  | Command<'FoundInstitute', { instituteId: string; name: string }>
  | Command<'AddMember', { instituteId: string; personId: string; as: 'admin' | 'tutor' | 'student' }>;
