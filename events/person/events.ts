import type { Role } from '../access/roles.ts';

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
    };
