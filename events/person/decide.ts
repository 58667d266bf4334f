import type { Command } from '../shared/command.ts';
import type { Role } from '../access/roles.ts';

export type PersonCommand =
  | Command<'RegisterPerson', { personId: string; role: Role; zone: string }>
  | Command<'GrantRole', { personId: string; role: Role }>
  | Command<'ChangeZone', { personId: string; zone: string }>
  | Command<'LinkGuardian', { personId: string; guardianId: string }>;
