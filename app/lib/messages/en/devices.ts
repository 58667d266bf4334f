/** Words about one's own camera, microphone and speaker, and what is done to the sound. */
const names = { camera: 'camera', microphone: 'microphone', speaker: 'speaker' } as const;
const called = (label: string): string => `“${label}”`;

export const devices = {
  title: 'Your devices and sound',
  open: 'Devices',
  more: 'Sound and background',
  speaker: 'Speaker',
  system: 'As your system has it',
  noChoice: 'This browser plays sound where your system does. Choose another speaker there.',
  play: 'Play a sound',
  playing: 'Playing …',
  asked: 'Did you hear it?',
  yes: 'Yes, I heard it',
  no: 'No',
  heard: 'Good. This is where you hear the others.',
  notHeard:
    'Turn the volume up, look whether your headphones are switched on and plugged in, or choose another speaker. Then play it again.',
  failed: 'This speaker could not be used. Choose another one.',

  processing: {
    heading: 'Sound of your microphone',
    names: { echo: 'Echo cancellation', noise: 'Noise suppression', gain: 'Automatic volume' },
    long: {
      echo: 'Without headphones the others would hear themselves.',
      noise: 'Takes steady noise away. Switch it off to play an instrument.',
      gain: 'Keeps you equally loud. Switch it off to play an instrument.',
    },
    offEcho: 'Wear headphones, or the others hear themselves.',
    unlike: 'Your browser does it its own way with this microphone.',
    strong: 'Stronger noise filter',
    strongLong: 'Leaves little but your voice: for fans, typing and the street. Not for music.',
    state: {
      starting: 'Being tried out: it begins when this device carries it.',
      on: 'You are heard through it.',
      asleep: 'It waits for your browser to let sound through. Until then you are heard without it.',
      off: '',
    },
    tooSlow: 'This device is too slow for it. The usual noise suppression goes on.',
  },

  blur: 'Blur what is behind you',
  blurAlways: 'Your system blurs what is behind you. It can be switched off there.',

  news: {
    instead: {
      camera: (label: string) => `Your camera is now ${called(label)}`,
      microphone: (label: string) => `Your microphone is now ${called(label)}`,
    },
    insteadBody: 'The one that you chose is not there.',
    speakerGone: (label: string) => (label === '' ? 'Your speaker is gone' : `${called(label)} is gone`),
    speakerGoneBody: 'You hear the others where your system plays sound. When it is back, it is used again.',
    plugged: (kind: keyof typeof names, label: string) => `New ${names[kind]}: ${called(label)}`,
    use: 'Use it',
    filter: {
      'too-slow': {
        title: 'The stronger noise filter is off',
        body: 'This device is too slow for it just now. You are heard as before, with the usual noise suppression.',
      },
      failed: {
        title: 'The stronger noise filter is off',
        body: 'It could not be started in this browser. You are heard as before, with the usual noise suppression.',
      },
    },
  },
};
