/** Words of study rooms: opening one, its link, and the way in. What is said inside one is in study-room.ts. */
export const study = {
  title: 'Study rooms',
  lead: 'A room for you and up to eleven others: sound, picture, a board and a chat. It is free, nothing is recorded, and it stays open for three hours.',
  untitled: 'Study room',
  ask: 'Ask to come in',

  open: {
    title: 'Open a study room',
    subject: 'What is it for',
    hint: 'Whoever you invite sees this, such as “Calculus, sheet 4”.',
    go: 'Open a study room',
    next: 'You get a link to send. Nobody comes in before you let them in.',
  },

  mine: {
    title: 'Your open room',
    until: 'closes at the latest',
    enter: 'Go in',
    end: 'End it',
    ended: 'Your study room is over',
  },

  link: {
    title: 'Invite link',
    body: 'Send it to whom you want to study with. They sign in and wait at the door until you let them in.',
    none: 'The link is stopped: nobody new comes to the door. Who was let in may still come back.',
    field: 'Invite link',
    copy: 'Copy link',
    copied: 'The link is copied',
    copyFailed: 'It could not be copied. Select it and copy it by hand.',
    anew: 'Make a new link',
    anewLong: 'The one before stops working.',
    stop: 'Stop the link',
    made: 'There is a new link. The one before does not work any more.',
    stopped: 'The link does not work any more',
  },

  invited: {
    title: 'Open rooms of others',
    by: (host: string) => `opened by ${host}`,
    waiting: 'not let in yet',
    enter: 'Go to the door',
  },

  past: {
    title: 'Earlier',
    empty: 'Nothing here yet',
    emptyBody: 'Rooms that are over stay here, with the board and the chat as they were left.',
    by: (host: string) => `with ${host}`,
    yours: 'yours',
  },

  home: {
    title: 'Study together',
    body: 'Open a free room for up to twelve, and invite by link.',
    go: 'Study rooms',
    open: 'Your study room is open',
    enter: 'Go in',
  },

  joining: {
    title: 'Join a study room',
    lead: (host: string) => `${host} invites you to study together`,
    facts: ['Nothing is recorded.', 'Camera and microphone are yours to switch on.', 'It is free.'],
    until: 'Open until',
    go: 'Go to the door',
    will: (host: string) => `${host} is told that you are there, and lets you in.`,
    enter: 'Go to the room',
    over: 'This study room is over',
    overBody: 'Ask who sent you the link for a new one, or open a room of your own.',
    dead: 'This link does not work',
    deadBody: 'It may have been stopped, or cut short when it was copied. Ask who sent it for a new one.',
    home: 'Back to home',
  },
};
