/** Where questions about a lesson or its money go until they can be raised in the product. */
export const SUPPORT_EMAIL = 'support@nexused.test';

/** A mail to support whose subject names the booking, so that nobody has to look for it. */
export function supportLink(bookingCode: string): string {
  return `mailto:${SUPPORT_EMAIL}?subject=${encodeURIComponent(`Booking ${bookingCode}`)}`;
}
