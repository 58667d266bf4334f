/** What the classroom says differently in a study room: there is a host and no tutor, people and no students, no booking. */
import type { Messages } from '../index.ts';

const minutes = (count: number): string => `${count} ${count === 1 ? 'minute' : 'minutes'}`;
const again = 'If you think that is wrong, write to whoever sent you the link.';

export function inStudyRoom(m: Messages): Messages {
  const { classroom, room, rights, chat, board } = m;
  return {
    ...m,
    classroom: {
      ...classroom,
      title: (subject, host) => `${subject}, study room of ${host}`,
      withTutor: (host) => `opened by ${host}`,
      withStudents: () => 'your study room',
      code: 'Room code',
      preview: {
        ...classroom.preview,
        heading: 'Study room. Ready to join?',
        join: 'Join study room',
        leftNotice: 'You left the study room. It goes on; you can join again.',
      },
      refused: {
        ...classroom.refused,
        'room-full': {
          title: 'The study room is full',
          body: 'Twelve people are in it. Try again when somebody has left.',
        },
        removed: { title: 'The host took you out of this study room', body: again },
        'turned-away': { title: 'You were not let in', body: again },
        'room-locked': {
          title: 'The room is locked',
          body: 'The host lets nobody in just now. Try again in a moment.',
        },
      },
      replaced: {
        ...classroom.replaced,
        body: 'This study room is open in another tab or on another device of yours. One at a time, so that nobody hears you twice.',
      },
      live: {
        ...classroom.live,
        roles: { host: 'Host', 'co-host': 'Co-host', participant: 'Guest', observer: 'Observer' },
        minutesLeftBody: (when) => `The study room closes at ${when}. You can open another one then.`,
      },
      controls: { ...classroom.controls, end: 'End room' },
      end: {
        ...classroom.end,
        title: 'End the study room for everyone?',
        body: 'Everyone leaves the room. Board and chat stay readable. It cannot be opened again.',
        early: (left) => `${minutes(left)} are left.`,
        keep: 'Keep it open',
        failed: 'The study room could not be ended. Try again.',
      },
      after: {
        ...classroom.after,
        ended: 'The study room is over',
        by: { ...classroom.after.by, host: 'The host ended it.' },
        settling: 'Putting together who was there',
        ofBooked: (most) => `of at most ${minutes(most)}`,
      },
    },
    room: {
      ...room,
      knocking: { ...room.knocking, counts: 'Nobody sees or hears you before that.' },
      recording: {
        ...room.recording,
        title: 'This study room is not recorded',
        body: 'Board and chat stay readable for whoever was let in.',
      },
      switches: {
        ...room.switches,
        may: {
          microphone: 'Guests may unmute',
          camera: 'Guests may turn cameras on',
          screen: 'Guests may share screens',
        },
        muteAll: 'Mute all guests',
      },
      acts: {
        ...room.acts,
        removeLong: (name) => `Take ${name} out of the room`,
        removeTitle: (name) => `Take ${name} out of the room?`,
      },
      quietened: { ...room.quietened, notNow: 'You can switch it on again when the host allows it.' },
      forbidden: {
        ...room.forbidden,
        microphone: 'The host has muted all guests',
        camera: 'The host has turned cameras off for guests',
        screen: 'The host has turned screen sharing off for guests',
      },
    },
    rights: {
      ...rights,
      common: 'Board',
      rulesLong: {
        everyone: 'Every guest writes. Switch it off for one below.',
        picked: 'Only guests whom you switch on below.',
        nobody: 'No guest writes.',
      },
      lockedLong: 'No guest writes until you unlock the board.',
      addPages: 'Guests may add pages',
      why: { ...rights.why, 'pages-closed': (host) => `Only ${host} adds pages here.` },
    },
    board: {
      ...board,
      lockedByHost: 'Locked by the host',
      emptyBody: 'Everyone in the room sees it while you draw.',
      emptyOver: 'Nothing was drawn in this room',
      over: 'The room is over: read only',
    },
    chat: {
      ...chat,
      emptyBody: 'Ask, answer, share a link. It stays here after the room is over.',
      emptyOver: 'Nothing was written in this room',
      over: 'The room is over. The chat can be read.',
    },
  };
}
