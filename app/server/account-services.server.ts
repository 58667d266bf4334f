/** What people do with their own account, and what an auditor sees of the log's. */
import { refuse } from '#events/shared/refusal.ts';
import type { ErasePerson } from './auth/erase.server.ts';
import type { AccountServices, AuditState } from './services.ts';

export interface AccountParts {
  readonly checkPassword: (email: string, password: string) => Promise<boolean>;
  readonly erase: ErasePerson;
  readonly auditState: () => Promise<AuditState>;
}

export function accountServices({ checkPassword, erase, auditState }: AccountParts): AccountServices {
  return {
    async eraseAccount(person, password, requestId) {
      if (!(await checkPassword(person.email, password)))
        return refuse('wrong-password', 'That is not your password. Nothing was deleted.');
      return erase({ personId: person.personId, by: { personId: person.personId }, requestId });
    },
    auditState,
  };
}
