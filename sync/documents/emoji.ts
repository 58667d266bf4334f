/** What counts as an emoji: one, as Unicode (UTS 51) puts them together, and short. */
const MOST_UNITS = 16;
const PART = String.raw`\p{Emoji}(?:\p{EMod}|\uFE0F\u20E3?|[\u{E0020}-\u{E007E}]+\u{E007F})?`;
const ONE = new RegExp(String.raw`^(?:\p{RI}\p{RI}|${PART}(?:\u200D${PART})*)$`, 'u');
/** Digits are Emoji, too; only as key caps are they seen as such. */
const PICTURE = /\p{Extended_Pictographic}|\p{RI}|\u20E3/u;

export const isEmoji = (text: string): boolean => text.length <= MOST_UNITS && PICTURE.test(text) && ONE.test(text);
