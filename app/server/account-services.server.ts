/** What people do with their own account. */
import { refuse } from '#events/shared/refusal.ts';
import type { ErasePerson } from './auth/erase.server.ts';
import type { AccountServices } from './services.ts';

export interface AccountParts {
  readonly checkPassword: (email: string, password: string) => Promise<boolean>;
  readonly erase: ErasePerson;
}

export function accountServices({ checkPassword, erase }: AccountParts): AccountServices {
  return {
    async eraseAccount(person, password, requestId) {
      if (!(await checkPassword(person.email, password)))
        return refuse('wrong-password', 'That is not your password. Nothing was deleted.');
      return erase({ personId: person.personId, by: { personId: person.personId }, requestId });
    },
  };
}
