import { never } from '#events/shared/never.ts';
import { moment } from './format.ts';
import type { AccountKind } from './notice.ts';
import type { Reader, Words } from './reader.ts';

/** Where a tutor gives the details for being paid. */
export const ACCOUNT_PAGE = '/tutor/payouts';

const NOT_YOU = 'If this was not you, change your password and write to us at once.';

/** The tutor's account at the payment provider: no part of a bank's number but its last four digits is ever written. */
export function accountWords(about: AccountKind, { zone }: Reader): Words {
  const href = ACCOUNT_PAGE;
  switch (about.kind) {
    case 'account-details-received':
      return {
        title: 'We have your details for payouts',
        body: `Bank account ending in ${about.bankLast4}. The payment provider opens an account for you and checks it, usually within two working days. Until then you can be found, but not booked. ${NOT_YOU}`,
        href,
      };
    case 'account-under-review':
      return {
        title: 'Your account is being checked',
        body: 'The payment provider looks at your details. You need to do nothing; we write to you when it is done.',
        href,
      };
    case 'account-needs-clarification': {
      const wanted = about.requirements
        .map(({ field, reason }) => `${fieldName(field)}: ${sentence(reason)}`)
        .join(' ');
      return {
        title: 'The payment provider needs something from you',
        body: `${wanted || 'Some of your details could not be confirmed.'} Correct it on the page for payouts; until then nothing new is paid out.`,
        href,
      };
    }
    case 'account-activated':
      return {
        title: 'Your account for payouts is ready',
        body: `You can be booked from ${moment(about.usableFrom, zone)} on. A new account rests a day first, for your safety.`,
        href,
      };
    case 'account-suspended':
      return {
        title: 'Your account for payouts is suspended',
        body: `The payment provider says: ${sentence(about.reason)} Your open payouts are paused and stay yours. You cannot be booked until it is active again. Write to us if you need help.`,
        href,
      };
    case 'account-back':
      return {
        title: 'Your account for payouts is active again',
        body: 'Your open payouts go on: each is released at the end of its hold, or now if that has passed. You can be booked again.',
        href,
      };
    case 'account-failed':
      return {
        title: 'Your account for payouts could not be opened',
        body: `The payment provider says: ${sentence(about.reason)} Check your details and send them again. Nothing of yours is lost.`,
        href,
      };
    case 'bank-changed':
      return {
        title: 'Your bank details were changed',
        body: `Payouts go to the account ending in ${about.bankLast4} from ${moment(about.coolsUntil, zone)} on. For your safety all open payouts rest until then. What was released before goes to the account you had. ${NOT_YOU}`,
        href,
      };
    case 'bank-cooled':
      return {
        title: 'Your payouts go on',
        body: `The new bank account ending in ${about.bankLast4} has rested. Each payout is released at the end of its hold, or now if that has passed. ${NOT_YOU}`,
        href,
      };
    default:
      return never(about, 'notice of an account');
  }
}

/** `settlements.account_number` → Account number. */
function fieldName(field: string): string {
  return capital(words(field.split('.').at(-1) ?? field)) || 'Details';
}

/** The provider's own words, ended with a full stop; a code such as `NEEDS_CLARIFICATION` is written as words. */
function sentence(text: string): string {
  const plain = /^[A-Z0-9_]+$|^[a-z0-9_]+$/.test(text.trim()) ? capital(words(text.toLowerCase())) : text.trim();
  return /[.?]$/.test(plain) ? plain : `${plain}.`;
}

const words = (code: string): string => code.replaceAll('_', ' ').trim();
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
