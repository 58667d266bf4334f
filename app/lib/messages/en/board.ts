/** Words of the board. */
import { boardFiles } from './board-files.ts';
import { boardKeys } from './board-keys.ts';

const changes = (count: number): string => `${count} ${count === 1 ? 'change' : 'changes'}`;
const messages = (count: number): string => `${count} ${count === 1 ? 'message' : 'messages'}`;
const things = (count: number): string => `${count} ${count === 1 ? 'thing' : 'things'}`;
const list = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

export const board = {
  label: 'Board',
  files: boardFiles,
  keys: boardKeys,
  tools: 'Board tools',
  toolNames: {
    select: 'Select',
    pen: 'Pen',
    highlighter: 'Highlighter',
    eraser: 'Eraser',
    rubber: 'Rub out a part',
    line: 'Line',
    arrow: 'Arrow',
    rectangle: 'Rectangle',
    ellipse: 'Ellipse',
    polygon: 'Polygon',
    text: 'Text',
    note: 'Sticky note',
    maths: 'Formula',
    laser: 'Laser pointer',
    move: 'Move the board',
  },
  said: {
    fingers: {
      title: 'Fingers move the board now, the pen draws',
      body: 'To draw with a finger, too: More tools, Draw with a finger.',
    },
    whole: {
      title: 'Only ink is rubbed out in part',
      body: 'The eraser takes shapes and words away as a whole.',
    },
    empty: {
      title: 'Nothing to paste',
      body: 'The board takes pictures, PDFs, words, and what was copied on a board.',
    },
    unreadable: { title: 'What was copied cannot be read', body: 'Copy it once more.' },
    long: { title: 'Only its beginning was pasted', body: 'A text on the board holds 4,000 letters.' },
    'no-files': { title: 'This board takes no pictures' },
  },
  fingers: 'Draw with a finger',
  shapes: 'Shapes',
  words: 'Written on this page',
  writing: { text: 'Text on the board', note: 'Sticky note', maths: 'Formula in LaTeX' },
  cannotSet: 'This cannot be set as a formula yet, so everybody sees it as it is written.',
  writingHint: { text: 'Write', note: 'Write a note', maths: 'x = \\frac{-b}{2a}' },
  colour: 'Pen colour',
  colours: { ink: 'Ink', blue: 'Blue', red: 'Red', green: 'Green', violet: 'Violet' },
  width: 'Pen width',
  widths: ['Fine', 'Medium', 'Broad'],
  dash: 'Line of shapes',
  dashes: { solid: 'Solid', dashed: 'Dashed', dotted: 'Dotted' },
  fill: 'Filled',
  style: 'Colour and width',
  undo: 'Undo my last act',
  redo: 'Redo',
  more: 'More tools',
  clear: 'Clear the page',
  clearMine: 'Clear what I drew',
  selection: (count: number) => `Selection, ${things(count)}`,
  edit: 'Edit',
  copy: 'Copy',
  cut: 'Cut',
  paste: 'Paste',
  toPage: 'Move to page',
  moreActs: 'More for the selection',
  caption: 'Describe the picture',
  captionBody: 'Read out to those who cannot see it.',
  captionLabel: 'What is on it',
  captionSave: 'Save',
  captionNot: 'Leave it',
  group: 'Group',
  ungroup: 'Ungroup',
  lock: 'Lock',
  unlock: 'Unlock',
  unsafe: (count: number) =>
    `${things(count)} of yours ${count === 1 ? 'is' : 'are'} not saved yet, and drawn fainter.`,
  drew: (name: string) => `Drawn by ${name}`,
  lockedByHost: 'Locked by the tutor',
  front: 'Bring to front',
  back: 'Send to back',
  duplicate: 'Duplicate',
  remove: 'Delete',
  cleared: (count: number) => `Cleared ${things(count)} for everyone.`,
  takeBack: 'Undo',
  /** Said after a tool's name. */
  key: (key: string) => `, ${key}`,
  pages: 'Pages',
  page: (number: number) => `Page ${number}`,
  pageOf: (number: number, count: number) => `Page ${number} of ${count}`,
  allPages: 'All pages',
  pageBefore: 'Page before, Page Up',
  pageAfter: 'Next page, Page Down',
  addPage: 'Add a page',
  pagesFull: 'There is no room for another page of yours',
  pageEarlier: (number: number) => `Move page ${number} up`,
  pageLater: (number: number) => `Move page ${number} down`,
  pageCopy: (number: number) => `Duplicate page ${number}`,
  pageDelete: (number: number) => `Delete page ${number}`,
  paper: 'Paper of this page',
  papers: { dots: 'Dots', grid: 'Squares', ruled: 'Lines', plain: 'Plain' },
  save: 'Save as',
  saveThis: 'This page',
  saveEvery: 'All pages',
  saveAs: { png: 'Save this page as PNG', svg: 'Save this page as SVG', pdf: 'Save this page as PDF' },
  saveAll: {
    png: 'Save all pages as PNG, in a ZIP file',
    svg: 'Save all pages as SVG, in a ZIP file',
    pdf: 'Save all pages as PDF',
  },
  saveFailed: 'The file could not be made',
  savingParts: {
    picture: (done: number, of: number) => `Picture ${done} of ${of}`,
    page: (done: number, of: number) => `Page ${done + 1} of ${of}`,
  },
  saveStop: 'Cancel',

  lead: 'Where the others look',
  call: 'Bring everyone to me',
  called: 'Everyone looks where you look',
  keep: 'Keep everyone with me',
  letGo: 'Let everyone go their own way',
  keeping: 'everyone is kept with you',
  follow: (name: string) => `Follow ${name}`,
  following: (name: string) => `Following ${name}`,
  kept: (name: string) => `${name} leads`,
  stopFollowing: 'Stop',
  elsewhere: (name: string, page: number) => `${name} is on page ${page}`,
  goThere: 'Go',
  isHere: (name: string) => `${name} is here`,

  zoom: 'Zoom',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  zoomFit: 'Show everything',
  percent: (zoom: number) => `${Math.round(zoom * 100)} %`,

  empty: 'Draw here',
  emptyBody: 'Everyone in the lesson sees it while you draw.',
  emptyAlone: 'The students see it when the classroom opens.',
  emptyKeys:
    'A select, P pen, H highlighter, E eraser, T text, I picture or PDF, 1 to 5 colours, Ctrl Z undo, ? all keys',
  emptyWatch: 'Nothing has been drawn yet',
  emptyWatchBody: 'What the others draw appears here while they draw it.',
  emptyOver: 'Nothing was drawn in this lesson',

  connecting: 'Opening the board',
  offline: 'No connection',
  offlineBody: 'Go on drawing. It is kept here and sent when you are back.',
  offlineKept: (count: number) =>
    `${changes(count)} ${count === 1 ? 'is' : 'are'} kept on this device and sent when you are back. Go on drawing.`,
  offlineLoose: 'This browser cannot keep what you draw: leave this page open until you are back.',
  sending: (count: number) => `Sending ${changes(count)}, kept on this device`,
  safe: (count: number) => `${changes(count)} ${count === 1 ? 'is' : 'are'} saved now`,
  refusedSee: 'Save or throw away',
  refusedWhy: 'See why',
  refusedWhat: 'Done without a connection',
  offlineWatch: 'What you see may be old. The board reconnects by itself.',
  saving: 'Not saved yet',
  over: 'The lesson is over: read only',
  watching: 'You are watching',
  refused: 'You cannot open this board.',
  refusedBody: 'Reload the page. If it stays like this, write to support.',
  code: (code: string) => `Code ${code}`,

  /** What this device has and the server does not. */
  device: {
    /** Messages, and other things that were done. */
    what: (said: number, done: number) =>
      [said > 0 ? messages(said) : null, done > 0 ? changes(done) : null].filter((part) => part !== null).join(' and '),
    alone: 'No connection',
    aloneBody: 'This page and the board are from this device. Go in and draw: it is sent when you are back.',
    waits: (what: string) => `${what} not sent yet`,
    waitsBody: 'Kept on this device from a time without a connection. Sent as soon as you are in the lesson.',
    notTaken: (what: string) => `${what} not taken`,
    partly: (what: string) => `${what} partly taken`,
    overBody: {
      board:
        'The lesson was over before that could be sent, so it is not on the board. It stays on this device for 30 days.',
      chat: 'The lesson was over before that could be sent, so nobody has read it. It stays on this device for 30 days.',
    },
    late: (what: string) => `${what} not sent before the end`,
    lateBody: (count: number) =>
      `The lesson was over before ${count === 1 ? 'it' : 'they'} could be sent: ${count === 1 ? 'it stands' : 'they stand'} in the replay, marked, and not on the board. Here ${count === 1 ? 'it stays' : 'they stay'} for 30 days.`,
    because: (reason: string): string =>
      ({
        'board-locked': 'The board was locked meanwhile, so nobody else has it.',
        'page-locked': 'The page was locked meanwhile, so nobody else has it.',
        'no-write': 'You could not write on the board when this was sent, so nobody else has it.',
        'chat-closed': 'The chat was closed meanwhile, so nobody else has it.',
        'partly-in-replay':
          'The lesson was over before they could be sent. Some of them stand in the replay, marked; the rest was not taken, and nobody else has it.',
        'lesson-ended':
          'The lesson was over before they could be sent: they are neither in it nor in its replay, and nobody else has them.',
        muted: 'You may not write in the chat any more, so nobody else has it.',
        'private-closed': 'Writing to the tutor alone was switched off, so nobody else has it.',
      })[reason] ?? 'The server did not accept them, so nobody else has it.',
    saveAs: { svg: 'Save as SVG', pdf: 'Save as PDF', png: 'Save as PNG' },
    saveText: 'Save as text',
    saveFailed: 'The file could not be made.',
    onlyHere: (what: string) => `${what} only on this device`,
    onlyHereBody:
      'Not sent to the lesson. Signing out deletes this here, so that whoever uses this browser next does not find it.',
    unknownHere: 'It is not known whether something is only on this device',
    unknownHereBody:
      'What is kept here could not be read just now. If you drew or wrote without a connection, signing out deletes it here.',
    openLesson: 'Open the lesson',
    elsewhere: 'Kept on this device',
    elsewhereWaits: (code: string) =>
      `From a time without a connection in lesson ${code}, and on this device alone. Sent as soon as you are in it.`,
    elsewhereLost: (code: string) =>
      `From a time without a connection in lesson ${code}, and on this device alone. Open the lesson to save or throw away what is there.`,
    elsewherePartly: (code: string) =>
      `From a time without a connection in lesson ${code}. Some of it is in the replay, the rest on this device alone. Open the lesson to save or throw away what is there.`,
    notNow: 'Not now',
    handedIn: (what: string) => `${what} handed in`,
    handedInBody: 'The lesson is over by now: it is in the replay, marked.',
    signOutAnyway: 'Sign out and delete',
    throwAway: 'Throw away',
    understood: 'Understood',
    throwSure: 'Throw away for good',
    keepIt: 'Keep',
  },

  prepare: {
    title: (subject: string) => `Prepare the board: ${subject}`,
    only: (when: string) => `Only you see this board until the classroom opens ${when}.`,
    open: 'The classroom is open: the students see this board.',
    back: 'Back',
    link: 'Prepare the board',
    failed: 'The board could not be opened',
    over: 'This lesson is over or was cancelled.',
    again: 'Try again',
  },
  carryOn: {
    offer: (when: string) => `Continue the board of ${when}?`,
    body: 'Its pages come onto this board, as they were, with who drew what.',
    inFront: 'Its pages come in front of what is here, with who drew what.',
    yes: 'Continue it',
    no: 'Start afresh',
    other: 'Another lesson',
    failed: 'The board could not be continued.',
  },

  /** What is to be seen, for those who cannot see it. */
  summary: (authors: readonly { name: string | null; count: number }[]) =>
    authors.length === 0
      ? 'The board is empty.'
      : `On the board: ${list(
          authors.map(({ name, count }, i) => `${i === 0 ? things(count) : count} by ${name ?? 'someone'}`),
        )}.`,
};
