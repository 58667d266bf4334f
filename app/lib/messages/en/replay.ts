/** Words of the replay, and of catching up. */
const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** `1:02:03`, or in words for who hears it. */
const clock = (ms: number): string => {
  const total = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(seconds).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
};
const spoken = (ms: number): string => {
  const total = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  const parts = [
    ...(hours > 0 ? [count(hours, 'hour')] : []),
    ...(minutes > 0 ? [count(minutes, 'minute')] : []),
    ...(seconds > 0 || total === 0 ? [count(seconds, 'second')] : []),
  ];
  return parts.join(' ');
};

export const replay = {
  title: (subject: string) => `Replay of ${subject}`,
  heading: 'Replay',
  back: 'Back to the lesson',
  open: 'Play the lesson',
  openBody: 'Watch how the board and the chat came about, from any moment, at any speed.',
  clock,
  of: 'of',
  loading: 'Fetching the lesson',
  preparing: (part: number) => `Getting it ready: ${Math.round(part * 100)} %`,
  failed: 'The replay could not be loaded',
  failedBody: 'What was drawn and written is safe. Try again in a moment.',
  again: 'Try again',
  empty: 'There is nothing to replay',
  emptyBody: 'Nobody drew on the board or wrote in the chat of this lesson.',
  notYet: 'There is no replay yet',
  notYetBody: 'It is here once the lesson is over.',
  player: 'Player',
  board: 'Board',
  play: 'Play',
  replayAgain: 'Play from the start',
  pause: 'Pause',
  speed: 'Speed',
  times: (speed: number) => `${speed}×`,
  back5: 'Back 5 seconds',
  forward5: 'Forward 5 seconds',
  skip: 'Skip pauses',
  skipHint: 'Leaps over stretches in which nothing was drawn or written.',
  quiet: 'Nothing happens here',
  moment: 'Moment of the lesson',
  momentText: (at: number, whole: number, when: string) => `${spoken(at)} of ${spoken(whole)}, ${when}`,
  copyLink: 'Copy a link to this moment',
  copied: 'The link to this moment is copied',
  notCopied: 'The link could not be copied',
  keys: 'Space plays, arrows go 5 seconds, with Shift 30; 0 to 9 go to a tenth, Home and End to the ends, < and > change the speed.',
  follow: 'Follow the pages',
  followHint: 'Turns to the page on which something happens.',
  page: (n: number, all: number) => `Page ${n} of ${all}`,
  nextPage: 'Next page',
  lastPage: 'Previous page',
  boardText: (n: number) => `The board with ${count(n, 'thing')} on it. Press one to go to the moment it was drawn.`,
  nothingYet: 'Nothing on this page yet',
  drawnBy: (name: string) => `Drawn by ${name}`,
  drawnLate: 'Drawn without a connection and sent after the end',
  someone: 'somebody',
  you: 'You',
  playFrom: 'Play from here',
  close: 'Close',
  panel: 'Beside the board',
  showPanel: 'Chat and people',
  chatTab: 'Chat',
  peopleTab: 'People',
  momentsTab: 'Moments',
  chatEmpty: 'No message by this moment.',
  chatNone: 'Nobody wrote in the chat.',
  goTo: (when: string) => `Go to ${when}`,
  edited: 'edited',
  deleted: 'Deleted',
  files: (n: number) => count(n, 'file'),
  whose: 'Whose board',
  lessonBoard: 'The lesson’s board and chat',
  ownBoard: (name: string) => `${name}’s own board and line`,
  shownBoard: (name: string) => `${name}’s board, while it was shown`,
  peopleHint: 'Choose whose ink and messages you see.',
  everyone: 'Everybody',
  only: 'Only',
  onlyOne: (name: string) => `Show only ${name}`,
  tally: (strokes: number, messages: number) =>
    [strokes > 0 ? count(strokes, 'thing') : '', messages > 0 ? count(messages, 'message') : '']
      .filter((part) => part !== '')
      .join(', ') || 'looked on',
  late: 'Sent after the end',
  lateTally: (n: number) => `${count(n, 'thing')} drawn without a connection`,
  chapters: {
    started: 'The lesson started',
    ended: 'The lesson ended',
    joined: (name: string) => `${name} joined`,
    left: (name: string) => `${name} left`,
    'page-turned': (name: string) => `Turned to ${name}`,
    'board-locked': 'The board was locked',
    'page-locked': (name: string) => `${name} was locked`,
    'board-opened': 'The board was opened again',
    'page-opened': (name: string) => `${name} was opened again`,
    revealed: (name: string) => `${name}’s own board was shown to all`,
    hidden: 'The shown board was put away',
    'chat-closed': 'The chat was closed',
    'chat-opened': 'The chat was opened again',
  },
  pageName: (n: number) => `page ${n}`,
  anotherPage: 'another page',
  noMoments: 'No moments are marked.',
  density: (name: string) => `When ${name} drew and wrote`,
  catchUp: {
    offer: (minutes: number) => `You missed ${minutes < 1 ? 'less than a minute' : count(minutes, 'minute')}.`,
    body: 'See it quickly, then go on live. Nobody else notices.',
    start: 'Catch up',
    no: 'Not now',
    loading: 'Fetching what you missed',
    failed: 'What you missed could not be fetched.',
    title: 'Catching up',
    left: (ms: number) => `${clock(Math.ceil(ms / 1_000) * 1_000)} left`,
    live: 'Go live',
    done: 'You are live again',
    region: 'What you missed',
  },
};
