/** Words about who may write on the board, and about the boards that students have of their own. */
const first = (name: string): string => name.split(' ')[0] ?? name;

const isAboutPages = (reason: string): boolean => reason === 'too-many-pages' || reason === 'pages-closed';
/** What is said of a refusal, by its code. */
const BODIES: Readonly<Record<string, string>> = {
  'not-allowed': 'They were not allowed here. What you see now is what everybody sees.',
  'too-many-pages':
    'There is no room for another page of yours on this board. Delete one of yours, or ask the tutor to add it.',
  'pages-closed': 'Only the tutor adds pages in this lesson. You can write on the ones that are there.',
};

export const rights = {
  boards: 'Boards',
  common: 'Class board',
  mine: 'My board',
  boardOf: (name: string) => (name === '' ? 'A student’s board' : `${first(name)}’s board`),
  onlyTutorSees: (tutor: string) => `Only you and ${tutor} see this board.`,
  onlyStudentSees: (student: string) => `Only you and ${first(student)} see this board.`,
  everybodySeesYours: (tutor: string) => `${tutor} shows your board to everybody.`,
  shownToYou: (name: string) => `Everybody sees ${name === '' ? 'a student' : first(name)}’s board now.`,
  show: 'Show to everybody',
  stopShowing: 'Stop showing',
  stopWatching: 'Back to the class board',

  heading: 'Writing on the board',
  who: 'Who writes on the board',
  rules: { everyone: 'Everyone', picked: 'Some', nobody: 'Only me' },
  rulesLong: {
    everyone: 'Every student writes. Switch it off for one below.',
    picked: 'Only students whom you switch on below.',
    nobody: 'No student writes.',
  },
  lockedLong: 'No student writes until you unlock the board.',
  mayWrite: (name: string) => `${name} writes on the board`,
  mayWriteShort: 'Writes',
  look: (name: string) => `Look at ${name}’s own board`,
  lookShort: 'Own board',

  addPages: 'Students may add pages',
  lockBoard: 'Lock the board',
  unlockBoard: 'Unlock the board',
  lockPage: 'Lock this page',
  unlockPage: 'Unlock this page',
  turnAll: 'Turn everyone to this page',
  turnedAll: 'Everyone is on this page now',
  lockedMark: 'locked',

  /** Why this person may not write now, in one line. */
  why: {
    'board-locked': (tutor: string) => `${tutor} has locked the board. You can look.`,
    'page-locked': (tutor: string) => `${tutor} has locked this page. You can look.`,
    'item-locked': (tutor: string) => `${tutor} has locked this. It stays as it is.`,
    'pages-closed': (tutor: string) => `Only ${tutor} adds pages in this lesson.`,
    'no-write': (tutor: string) => `Only ${tutor} writes on the board now. You can look.`,
    picked: (tutor: string) => `${tutor} has chosen who writes now. You can look.`,
    'chat-closed': (tutor: string) => `${tutor} has closed the chat.`,
    muted: (tutor: string) => `${tutor} does not let you write in the chat now.`,
    'private-closed': (tutor: string) => `${tutor} takes no private messages now.`,
  },
  /** Something that this page had drawn was not taken, and is gone from it. */
  denied: {
    title: (reason: string) =>
      isAboutPages(reason) ? 'Your new page was not taken' : 'Your last strokes were not taken',
    body: (reason: string) =>
      BODIES[reason] ?? 'It was locked before they arrived. What you see now is what everybody sees.',
    orphaned: 'Something is gone that was never saved',
    orphanedBody: 'Its author was cut off before it reached everybody. What you see now is what everybody sees.',
    unsaid: 'Your last message was not taken',
    unsaidBody: 'Writing was closed before it arrived. What you see now is what everybody sees.',
  },
};
