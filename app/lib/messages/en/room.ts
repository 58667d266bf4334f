/** Words about who may do what in the live room: the door, hands, reactions, and what a host says to others. */
import type { MediaFault, Reaction, Source } from '#sfu/signalling/protocol.ts';
import type { Saving } from '../../classroom/layers.ts';
import type { Layout } from '../../classroom/view.svelte.ts';

const first = (name: string): string => name.split(' ')[0] ?? name;
const list = new Intl.ListFormat('en', { style: 'long', type: 'conjunction' });
const people = (count: number): string => (count === 1 ? 'One person' : `${count} people`);

export const room = {
  waiting: {
    label: 'Waiting to be let in',
    one: (name: string) => `${name} is waiting to be let in`,
    several: (names: readonly string[]) => `${people(names.length)} are waiting: ${list.format(names.map(first))}`,
    letIn: 'Let in',
    letInLong: (name: string) => `Let ${name} in`,
    letAllIn: 'Let all in',
    turnAway: 'Turn away',
    turnAwayLong: (name: string) => `Turn ${name} away`,
    since: (words: string) => `for ${words}`,
  },
  knocking: {
    title: 'You are at the door',
    hostHere: (tutor: string) => `${tutor} knows that you are waiting, and lets you in.`,
    hostAway: (tutor: string) =>
      `${tutor} is not in the room yet. You come in when you are let in; keep this page open.`,
    stop: 'Stop waiting',
    counts: 'That you came in time is noted, even when you have to wait.',
  },
  recording: {
    title: 'This lesson is recorded',
    body: 'Sound, picture, board and chat are kept for 180 days, for the people of this lesson.',
    refuse: 'Leave my sound and picture out of the recording',
    refused: 'You are in all the same. Everyone sees that you are not recorded.',
    not: 'not recorded',
  },
  /** What is wrong with picture or sound. */
  faults: {
    own: {
      'camera-black': {
        title: 'Your camera shows a black picture',
        body: 'Is its cover closed? If not, choose another camera, or close other programs that use it.',
      },
      'microphone-silent': {
        title: 'Your microphone gives no sound',
        body: 'Look for a switch on it or on its cable, or choose another microphone.',
      },
      'hears-nobody': {
        title: 'No sound of the others arrives',
        body: 'They are speaking. Reload the page; your place is kept.',
      },
    } satisfies Record<MediaFault, { readonly title: string; readonly body: string }>,
    theirs: {
      'camera-black': 'Black picture',
      'microphone-silent': 'No sound comes',
      'hears-nobody': 'Hears nobody',
    } satisfies Record<MediaFault, string>,
    shared: 'Most people here have a weak connection now: it is not yours alone.',
  },
  hands: {
    heading: (count: number) => `Raised hands, ${count}`,
    raise: 'Hand',
    raiseLong: 'Raise hand',
    lower: 'Hand',
    lowerLong: 'Lower hand',
    lowerOne: (name: string) => `Lower the hand of ${name}`,
    lowerShort: 'Lower',
    lowerAll: 'Lower all',
    raised: (name: string) => `${name} raised a hand`,
    place: (place: number) => `hand raised, ${place} in line`,
  },
  reactions: {
    react: 'React',
    label: 'Reactions',
    names: {
      yes: 'Yes',
      no: 'No',
      heart: 'Love it',
      laugh: 'Funny',
      celebrate: 'Well done',
      slower: 'Slower, please',
      faster: 'Faster, please',
    } satisfies Record<Reaction, string>,
    said: (name: string, reaction: string) => `${name}: ${reaction}`,
  },
  switches: {
    heading: 'The room',
    locked: 'Lock the room',
    lockedLong: 'Nobody new comes in. Who was in may come back.',
    ask: 'Let everyone in yourself',
    askLong: 'Who comes waits at the door until you let them in.',
    may: {
      microphone: 'Students may unmute',
      camera: 'Students may turn cameras on',
      screen: 'Students may share screens',
    } satisfies Record<Source, string>,
    muteAll: 'Mute all students',
    out: 'Outside',
    how: { removed: 'taken out', 'turned-away': 'turned away' },
    takeBack: 'Let back in',
    takeBackLong: (name: string) => `Let ${name} back in`,
  },
  acts: {
    more: (name: string) => `More about ${name}`,
    moreShort: 'More',
    mute: 'Mute',
    muteLong: (name: string) => `Mute ${name}`,
    stopVideo: 'Stop camera',
    stopVideoLong: (name: string) => `Stop the camera of ${name}`,
    stopScreen: 'Stop screen',
    stopScreenLong: (name: string) => `Stop the shared screen of ${name}`,
    promote: 'Make co-host',
    promoteLong: (name: string) => `Make ${name} co-host`,
    demote: 'No longer co-host',
    demoteLong: (name: string) => `Make ${name} a participant again`,
    remove: 'Take out',
    removeLong: (name: string) => `Take ${name} out of the lesson`,
    removeTitle: (name: string) => `Take ${name} out of the lesson?`,
    removeBody: 'They leave at once and cannot come back, unless you let them in again from the list of people.',
    removeKeep: 'Keep them in',
  },
  quietened: {
    microphone: (name: string) => `${name} muted your microphone`,
    camera: (name: string) => `${name} turned your camera off`,
    screen: (name: string) => `${name} stopped your shared screen`,
    again: 'You can switch it on again.',
    notNow: 'You can switch it on again when your tutor allows it.',
  },
  forbidden: {
    microphone: 'Your tutor has muted all students',
    camera: 'Your tutor has turned cameras off for students',
    screen: 'Your tutor has turned screen sharing off for students',
    body: 'Raise your hand when you want to say something.',
  },
  allowed: {
    microphone: 'You may unmute again',
    camera: 'You may turn your camera on again',
    screen: 'You may share your screen again',
  },
  role: {
    'co-host': 'You are co-host now',
    'co-hostBody': 'You can let people in, mute them and take them out.',
    participant: 'You are not co-host any more',
  },
  view: {
    label: 'What is large',
    layouts: { board: 'Board', speaker: 'Speaker', grid: 'Grid' } satisfies Record<Layout, string>,
    speaker: 'Speaker',
    speakerLong: 'Speaker, shown large',
    face: 'Speaker',
    nobody: 'Nobody else is here yet.',
    pin: 'Pin',
    unpin: 'Unpin',
    pinLong: (name: string) => `Pin ${name} to the stage`,
    unpinLong: (name: string) => `Take ${name} off the stage`,
    volumeOf: (name: string) => `Volume of ${name}, for you`,
    percent: (percent: number) => `${percent} per cent`,
    pages: 'Pages of people',
    page: (page: number, pages: number) => `Page ${page} of ${pages}`,
    before: 'Page before',
    next: 'Next page',
    float: 'Picture in a window of its own',
    noFloat: {
      title: 'Your browser did not give the picture a window of its own.',
      body: 'It stays here. Try again once it moves, or in another browser.',
    },
    withheld: 'picture not loaded',
    withheldScreen: 'The shared screen is not loaded: you take sound only.',
    youShareSound: 'You are sharing your screen and its sound. The others see it instead of the board.',
  },
  saving: {
    all: 'Show all pictures',
    names: { none: 'All pictures', small: 'Small pictures', sound: 'Sound only' } satisfies Record<Saving, string>,
    long: {
      none: 'All pictures. Press for small pictures, which need less of your connection.',
      small: 'Small pictures. Press for sound only.',
      sound: 'Sound only. Press for all pictures.',
    } satisfies Record<Saving, string>,
    told: (saving: Saving, less: boolean): { title: string; body: string } =>
      less
        ? saving === 'sound'
          ? {
              title: 'Your connection is very weak: sound only now',
              body: 'Board and chat go on. Pictures come back when it is better.',
            }
          : {
              title: 'Your connection is weak: pictures are small now',
              body: 'They come back by themselves when it is better.',
            }
        : {
            title: 'Your connection is better',
            body: saving === 'none' ? 'All pictures are back.' : 'Small pictures are back.',
          },
  },
  failed: {
    title: 'That did not work',
    body: 'Try again in a moment.',
  },
  keys: {
    title: 'Keyboard shortcuts',
    open: 'All shortcuts',
    room: 'In the room',
    talk: 'hold to speak while you are muted',
    rows: [
      ['M', 'microphone on and off; hold it to speak while it is held'],
      ['Space', 'hold to speak, where the board is not shown'],
      ['V', 'camera'],
      ['S', 'share the screen'],
      ['J', 'raise or lower your hand'],
      ['Z', 'reactions'],
      ['G', 'people as a grid'],
      ['Shift+G', 'whoever speaks, large'],
      ['C', 'chat'],
      ['U', 'people'],
      ['Shift+D', 'camera, microphone, speaker and sound'],
      ['?', 'this list, where the board is not shown'],
    ] as readonly (readonly [string, string])[],
    off: 'Single keys are switched off under “Your devices and keys”.',
  },
  calls: (count: number) => (count === 1 ? 'one waits for you' : `${count} wait for you`),
  talking: 'You are heard while you hold the key',
};
