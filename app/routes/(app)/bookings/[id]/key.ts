/** What one booking's page loads under: it asks again while something is on its way. */
export const BOOKING = 'app:booking';
