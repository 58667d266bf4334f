/** Words of the messages that arrive while a page is open. */
export const live = {
  started: 'Your lesson has started',
  startedBody: (subject: string, tutor: string) => (tutor ? `${subject} with ${tutor}.` : subject),
  join: 'Join',
  open: 'Open',
  lost: 'No connection to NexusEd. What you see may be old; this page reconnects by itself.',
};
