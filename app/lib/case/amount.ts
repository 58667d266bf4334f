/** What somebody types as an amount of money. Pure. */

/** `1,250.50` → 125050 paise; null for anything that is not an amount up to `most` paise. */
export function paiseOf(text: string, most: number): number | null {
  const plain = text.replaceAll(/[\s,₹]/g, '');
  const [, rupees, paise = ''] = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(plain) ?? [];
  if (rupees === undefined) return null;
  const amount = Number(rupees) * 100 + Number(paise.padEnd(2, '0'));
  return amount <= most ? amount : null;
}

/** `40` or `33.5` percent of `gross`, to the whole paisa, downwards; null for anything from outside 0–100. */
export function percentOf(text: string, gross: number): number | null {
  const plain = text.replaceAll(/[\s%]/g, '');
  const [, whole, part = ''] = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(plain) ?? [];
  if (whole === undefined) return null;
  // In hundredths of a percent, so that no fraction of a paisa is ever lost on the way.
  const hundredths = Number(whole) * 100 + Number(part.padEnd(2, '0'));
  return hundredths <= 10_000 ? Math.floor((gross * hundredths) / 10_000) : null;
}
