export const booking = {
  title: 'Bookings',
};
