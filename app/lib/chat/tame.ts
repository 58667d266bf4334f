/**
 * Letters that play tricks are taken out of what is shown, never out of what is stored: marks that turn the direction of what
 * follows, that are not to be seen, or that pile up over one letter.
 */

/**
 * Controls (but tab and line feed), and of the format characters those that turn directions or have no width. Joiners
 * (200C, 200D) stay: Indian scripts and emoji need them, and so do the tags of flags.
 */
const TRICKS =
  /[\p{Cc}\p{Zl}\p{Zp}\u061C\u00AD\u034F\u115F\u1160\u17B4\u17B5\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0D\uFEFF\uFFA0\uFFF9-\uFFFC]/gu;
/** More marks on one letter than any script needs. */
const PILES = /(\p{M}{5})\p{M}+/gu;

export const tame = (text: string): string =>
  text.replace(TRICKS, (one) => (one === '\n' || one === '\t' ? one : '')).replace(PILES, '$1');
