/** Words of the messages that arrive while a page is open. */
export const live = {
  /** The tutor came in; the lesson begins on the record when a student is in too. */
  started: (tutor: string) => (tutor ? `${tutor} is in the classroom` : 'Your tutor is in the classroom'),
  startedBody: (subject: string) => `Your ${subject} lesson is open. Join now.`,
  join: 'Join',
  open: 'Open',
  lost: 'No connection to NexusEd. What you see may be old; this page reconnects by itself.',
};
