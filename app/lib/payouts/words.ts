/** Words of the form where details were sent before. */
export const keptWords = {
  lead: 'What you sent before is filled in. Correct what is marked, and send it.',
  leadChange: 'What you sent before is filled in. Change what is different; name and PAN stay with the account.',
  clarifyBody: 'The provider could not confirm this. Correct it below and send it again:',
  panHint: (end: string) => `We have the one ending in ${end}. Leave it empty to keep it.`,
  numberHint: (end: string) => `We have the one ending in ${end}. Leave both empty to keep it.`,
  ends: (end: string) => `ends in ${end}`,
  safe: 'Encrypted in our records and given to the payment provider only. Of PAN and account number, pages show the last four characters, and only to you.',
};
