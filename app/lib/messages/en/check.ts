/** The connectivity test: each result in plain words, and what to do. */
interface Words {
  readonly title: string;
  readonly todo?: string;
}

const device = {
  insecure: {
    title: 'The browser gives no camera or microphone to this page.',
    todo: 'Open the page with https:// at the beginning of its address.',
  },
} satisfies Readonly<Record<string, Words>>;

const skipped: Words = { title: 'Not tried: there is no connection to the classroom to try it over.' };
const noMedia: Words = { title: 'Not tried: this browser cannot do live video.' };
const interrupted: Words = {
  title: 'The connection to the classroom was lost in the middle.',
  todo: 'Try again. When it happens twice, your network is unsteady: move closer to the router or use a cable.',
};

export const check = {
  title: 'Check your connection',
  lead: 'Does this device, this browser and this network carry a lesson? It takes about a minute. Nobody sees or hears you, and nothing is recorded.',
  start: 'Start the check',
  again: 'Check everything again',
  working: 'Checking …',
  asks: 'Your browser will ask for camera and microphone. Allow both, and say a few words when you are asked.',
  retry: 'Try again',
  retryOf: (what: string) => `Try again: ${what}`,
  devices: 'This device',
  network: 'This network',
  picture: 'Your camera’s picture',
  level: 'How loud your microphone hears you',
  play: 'Play a sound',
  playing: 'Playing …',
  heard: 'I heard it',
  notHeard: 'I heard nothing',
  states: {
    pending: 'waiting',
    running: 'checking',
    ask: 'needs you',
    ok: 'good',
    warn: 'with limits',
    fail: 'does not work',
    skipped: 'not tried',
  },
  verdict: {
    ready: {
      title: 'You are ready for the lesson.',
      body: 'Camera, microphone and network carry it.',
    },
    limited: {
      title: 'You can take part, with limits.',
      body: 'Look below at what is marked: each says what to do.',
    },
    listen: {
      title: 'You can watch, listen and write, but not be seen or heard.',
      body: 'Look below at camera and microphone.',
    },
    'not-ready': {
      title: 'A lesson would not work like this.',
      body: 'Look below at what is marked: each says what to do. If it does not help, give the code to support.',
    },
  },
  code: {
    label: 'Code for support',
    why: 'With this code support sees these results, and nothing else about you. They are deleted after 30 days.',
    copy: 'Copy',
    copied: 'Copied',
    failed: 'The results could not be sent. Copy the code, and tell support what you see here.',
    none: 'There is no code: the server could not be reached.',
  },
  figures: {
    signallingMs: 'Answer of the classroom',
    rttMs: 'Round trip of media',
    lossUp: 'Lost on the way up',
    lossDown: 'Lost on the way down',
    up: 'Up',
    down: 'Down',
    note: 'Measured with one picture as a lesson sends it, 1.5 Mbit/s at most. Your line may carry more.',
    none: '–',
    ms: (value: number) => `${Math.round(value)} ms`,
    share: (value: number) => `${(value * 100).toFixed(1)} %`,
    rate: (value: number) =>
      value >= 1e6 ? `${(value / 1e6).toFixed(1)} Mbit/s` : `${Math.round(value / 1e3)} kbit/s`,
  },
  steps: {
    browser: {
      name: 'Browser',
      findings: {
        pending: { title: 'Not checked yet.' },
        complete: { title: 'This browser has all that a lesson needs.' },
        insecure: device.insecure,
        'no-media': {
          title: 'This browser cannot do live video.',
          todo: 'Use a recent Chrome, Edge, Firefox or Safari.',
        },
      },
    },
    camera: {
      name: 'Camera',
      findings: {
        pending: { title: 'Not checked yet.' },
        asking: { title: 'Allow the camera when the browser asks.' },
        works: { title: 'Your camera gives a picture.' },
        refused: {
          title: 'The browser may not use your camera.',
          todo: 'Click the camera or lock sign in the address bar, allow the camera, and try again. You can take part without one.',
        },
        none: {
          title: 'No camera was found.',
          todo: 'Plug one in and try again. You can take part without one.',
        },
        busy: {
          title: 'Another program uses your camera, or it does not answer.',
          todo: 'Close other programs with video, unplug the camera and plug it in again, then try again.',
        },
        insecure: device.insecure,
      },
    },
    microphone: {
      name: 'Microphone',
      findings: {
        pending: { title: 'Not checked yet.' },
        asking: { title: 'Allow the microphone when the browser asks.' },
        speak: { title: 'Say a few words.' },
        heard: { title: 'Your microphone hears you.' },
        silent: {
          title: 'Your microphone is there, but nothing was heard.',
          todo: 'Look for a mute switch on the microphone, choose another one in the settings of your device, and try again while you speak.',
        },
        refused: {
          title: 'The browser may not use your microphone.',
          todo: 'Click the microphone or lock sign in the address bar, allow it, and try again. Without it you can write.',
        },
        none: {
          title: 'No microphone was found.',
          todo: 'Plug in a headset and try again. Without one you can write.',
        },
        busy: {
          title: 'Another program uses your microphone, or it does not answer.',
          todo: 'Close other programs with calls, plug the headset in again, then try again.',
        },
        insecure: device.insecure,
      },
    },
    speaker: {
      name: 'Speaker',
      findings: {
        pending: { title: 'Not checked yet.' },
        ready: { title: 'Play a sound and say whether you heard it.' },
        playing: { title: 'Two notes are playing.' },
        asked: { title: 'Did you hear two notes?' },
        heard: { title: 'You hear others.' },
        'not-heard': {
          title: 'You did not hear the sound.',
          todo: 'Turn up the volume, look which speaker or headset is chosen in the settings of your device, and play it again.',
        },
      },
    },
    signalling: {
      name: 'Classroom server',
      findings: {
        pending: { title: 'Not checked yet.' },
        trying: { title: 'Connecting …' },
        connected: { title: 'The classroom answers.' },
        blocked: {
          title: 'This network does not let you through to the classroom.',
          todo: 'A firewall, a VPN or a browser extension blocks WebSockets. Switch the VPN or extension off, try your phone’s network, or ask whoever runs this network to allow them for this site.',
        },
        unreachable: {
          title: 'You are offline, or our server does not answer.',
          todo: 'Open another site. If that works, try again in a minute.',
        },
        'too-often': {
          title: 'This network has run the check many times in a row.',
          todo: 'Wait ten minutes and try again.',
        },
        'used-up': {
          title: 'This check was repeated as often as it can be.',
          todo: 'Check everything again: that begins a new one.',
        },
        busy: {
          title: 'Many people are checking at this moment.',
          todo: 'Try again in a minute. Lessons are not affected.',
        },
        draining: { title: 'Our server is being renewed.', todo: 'Try again in a minute.' },
        'media-unavailable': {
          title: 'Live video is switched off on our server.',
          todo: 'This is on our side. Lessons run on board and chat meanwhile.',
        },
        interrupted,
      },
    },
    udp: {
      name: 'Video the fast way (UDP)',
      findings: {
        pending: { title: 'Not checked yet.' },
        trying: { title: 'Sending a picture and waiting for it …' },
        open: { title: 'Picture and sound can take the fast way.' },
        blocked: {
          title: 'This network blocks the fast way.',
          todo: 'Another way below does its work, with a little more delay. For the best picture ask whoever runs this network to allow UDP, or try another network.',
        },
        'no-signalling': skipped,
        'no-media': noMedia,
        interrupted,
      },
    },
    tcp: {
      name: 'Video by TCP',
      findings: {
        pending: { title: 'Not checked yet.' },
        trying: { title: 'Sending a picture and waiting for it …' },
        open: { title: 'Picture and sound can go by TCP when the fast way fails.' },
        blocked: {
          title: 'This network blocks the way by TCP.',
          todo: 'That matters only when the fast way is blocked as well.',
        },
        'no-signalling': skipped,
        'no-media': noMedia,
        interrupted,
      },
    },
    relay: {
      name: 'Video over our relay',
      findings: {
        pending: { title: 'Not checked yet.' },
        trying: { title: 'Sending a picture over the relay …' },
        open: { title: 'Our relay carries picture and sound where a network lets little through.' },
        blocked: {
          title: 'The relay cannot be reached from here.',
          todo: 'That matters only when the ways above are blocked as well: then try another network, such as your phone’s.',
        },
        'not-set-up': { title: 'There is no relay here; the ways above are used.' },
        'no-signalling': skipped,
        'no-media': noMedia,
        interrupted,
      },
    },
    quality: {
      name: 'Quality',
      findings: {
        pending: { title: 'Not checked yet.' },
        measuring: { title: 'Sending a picture for a few seconds and measuring what comes back …' },
        good: { title: 'Enough for a good picture in both ways.' },
        low: {
          title: 'Enough for a small picture.',
          todo: 'Close downloads and other video on this network, or move closer to the router. In the lesson, switch your camera off when the picture stutters.',
        },
        narrow: {
          title: 'Too little for video. Sound may work.',
          todo: 'Join with the camera off, close everything else that uses the network, or try another network.',
        },
        loss: {
          title: 'Much of what you send or get is lost.',
          todo: 'Picture and sound will break up. Use a cable or move closer to the router; switch a VPN off.',
        },
        slow: {
          title: 'The way to us is long: others hear you late.',
          todo: 'Switch a VPN off, or use a cable instead of Wi-Fi. Leave short pauses when you speak.',
        },
        nothing: {
          title: 'The picture did not come back.',
          todo: 'Try again. When it happens twice, try another network.',
        },
        'no-way': { title: 'Not measured: no way is open for video.' },
        'no-signalling': skipped,
        'no-media': noMedia,
        interrupted,
      },
    },
  } satisfies Readonly<Record<string, { name: string; findings: Readonly<Record<string, Words>> }>>,
  ops: {
    title: 'Connection checks',
    lead: 'What somebody’s check found, by the code that they give you. Kept 30 days, without a name.',
    search: 'Code',
    placeholder: 'ABCD-2345',
    go: 'Find',
    none: 'There is no check with this code.',
    noneBody: 'Ask for it again: eight letters and digits, never I, O, 0 or 1. Checks are deleted after 30 days.',
    latest: 'Latest',
    empty: 'Nobody has checked their connection in the last 30 days.',
    begun: 'Begun',
    browser: 'Browser',
    step: 'What',
    state: 'Result',
    took: 'Took',
    link: 'Connection checks',
  },
};
