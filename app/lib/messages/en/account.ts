export const account = {
  errors: {
    signOut: 'You are still signed in: we could not reach the server. Try again.',
  },
};
