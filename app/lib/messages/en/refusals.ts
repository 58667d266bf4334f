/** Refusal codes in the reader's words; a code that is not here shows the server's own message. */
export const refusals: Readonly<Record<string, string>> = {
  'seat-taken': 'Someone else took this seat a moment ago. You were not charged.',
};
