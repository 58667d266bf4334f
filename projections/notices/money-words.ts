import { never } from '#events/shared/never.ts';
import { day, moment, rupees } from './format.ts';
import type { Lesson, MoneyKind } from './notice.ts';
import { placeOf, type Reader, type Words } from './reader.ts';

/** Every change of somebody's money: what happened, what it means for them, what they can do. */
export function moneyWords(about: MoneyKind, of: Lesson, reader: Reader): Words {
  const { zone } = reader;
  const { lesson, money: href } = placeOf(of, reader);
  const amount = rupees(about.amount);
  switch (about.kind) {
    case 'payment-received':
      return {
        title: `Receipt: you paid ${amount}`,
        body: `For ${lesson}. Received on ${moment(about.paidAt, zone)}${byMethod(about.method)}, payment ${about.paymentId}. Keep this mail as your receipt. You find all payments under Payments.`,
        href,
      };
    case 'refund-on-its-way':
      return {
        title: `${amount} is on its way back to you`,
        body: `For ${lesson}.${whyRefund(about.reason)} It reaches the account you paid from by ${day(about.expectedBy, zone)} at the latest. You need to do nothing.`,
        href,
      };
    case 'refund-delayed':
      return {
        title: `Your refund of ${amount} takes longer`,
        body: `For ${lesson}. ${
          about.why === 'no-funds' ? 'The payment provider cannot send it at this moment.' : 'The bank did not take it.'
        } We owe you this amount, and it will go out: we try again until it has. You need to do nothing. We write to you when it is done.`,
        href,
      };
    case 'refund-done':
      return {
        title: `${amount} was refunded`,
        body: `For ${lesson}. Your bank may take a few days to show it. If you do not see it within ten days, write to us.`,
        href,
      };
    case 'transfer-held':
      return {
        title: `${amount} waits for you`,
        body: `Your part for ${lesson}. It is in your account at the payment provider, on hold until the lesson was held and 72 hours have passed.`,
        href,
      };
    case 'payout-on-hold':
      return {
        title: `${amount} is on hold for you`,
        body: `${lesson}. It is released on ${moment(about.releaseAt, zone)} unless the lesson is being looked into.`,
        href,
      };
    case 'payout-paused':
      return {
        title: `${amount} is paused`,
        body: `Your payout for ${lesson} is not released while ${whyPaused(about.why)}.${
          about.until === null ? '' : ` It goes on after ${moment(about.until, zone)}.`
        } It stays yours.`,
        href,
      };
    case 'payout-resumed':
      return {
        title: `${amount} is not paused any more`,
        body: `Your payout for ${lesson} goes on: ${whyResumed(about.why)}. It is released at the end of its hold, or now if that has passed.`,
        href,
      };
    case 'payout-reduced':
      return {
        title: `${amount} of a payout went back`,
        body: `For ${lesson}. It is the part of what goes back to the payer that was yours. ${
          about.left > 0 ? `${rupees(about.left)} stays for you.` : 'Nothing is left of this payout.'
        }`,
        href,
      };
    case 'payout-cancelled':
      return {
        title: `A payout of ${amount} was cancelled`,
        body: `For ${lesson}. All of the payment goes back to the payer, so nothing is paid out. Nothing had reached your account.`,
        href,
      };
    case 'payout-released':
      return {
        title: `${amount} was released to you`,
        body: `${lesson}. Your bank receives it with the next settlement, usually the next working day.`,
        href,
      };
    case 'payout-settled':
      return {
        title: `${amount} is at your bank`,
        body: `For ${lesson}. The payment provider has settled it. Your bank may take some hours to show it.`,
        href,
      };
    case 'clawback':
      return {
        title: `You owe ${amount} for a lesson`,
        body: `${lesson}. The payer’s bank took this payment back after your part had been released. We write to you about how it is settled; you can answer with what you know about the lesson.`,
        href,
      };
    default:
      return never(about, 'notice of money');
  }
}

const METHODS: Readonly<Record<string, string>> = {
  card: 'by card',
  upi: 'by UPI',
  netbanking: 'by net banking',
  wallet: 'from a wallet',
};

const byMethod = (method: string): string => (METHODS[method] === undefined ? '' : ` ${METHODS[method]}`);

/** A sentence with a space before it, for the reasons that need one. */
function whyRefund(reason: string): string {
  switch (reason) {
    case 'paid-too-late':
      return ' Your payment came after the seat was given up, so all of it goes back.';
    case 'surplus':
      return ' It was paid twice, so one of the payments goes back whole.';
    case 'dispute':
      return ' This follows from the decision about the lesson.';
    default:
      return '';
  }
}

function whyPaused(why: Extract<MoneyKind, { kind: 'payout-paused' }>['why']): string {
  switch (why) {
    case 'bank-changed':
      return 'your new bank details cool off';
    case 'account-suspended':
      return 'your account at the payment provider is suspended';
    case 'chargeback':
      return 'the payer’s bank questions the payment';
    default:
      return never(why, 'reason');
  }
}

function whyResumed(why: Extract<MoneyKind, { kind: 'payout-resumed' }>['why']): string {
  switch (why) {
    case 'bank-changed':
      return 'your new bank details have cooled off';
    case 'account-suspended':
      return 'your account at the payment provider is active again';
    case 'chargeback':
      return 'the bank has decided about the payment';
    default:
      return never(why, 'reason');
  }
}
