/** Checking an exported history: what was found, in plain words. */
import type { FlawCode } from '#events/store/audit/lines.ts';

interface Words {
  readonly title: string;
  readonly body: string;
}

const count = (n: number): string => n.toLocaleString('en-IN');
const events = (n: number): string => (n === 1 ? '1 event' : `${count(n)} events`);

const broken = {
  empty: {
    title: 'This file is empty.',
    body: 'There is nothing in it to check. Export it again, or ask for it again.',
  },
  'not-an-export': {
    title: 'This is not an exported history.',
    body: 'An export is a text file whose first line says nexused-audit. Choose the file as it was exported, not a copy out of another program.',
  },
  header: {
    title: 'The first line of this file was changed.',
    body: 'It says what was exported, and it is not as we write it. The rest was not looked at.',
  },
  'cut-off': {
    title: 'The end of this file is missing.',
    body: 'What is there fits together as far as it goes. Something behind it was cut off.',
  },
  'after-end': {
    title: 'Something was added behind the end of this file.',
    body: 'The closing line is signed and the last one. What stands after it was not exported.',
  },
  form: {
    title: 'A line of this file was changed.',
    body: 'It is not written as we write it, so at least one character is another one.',
  },
  order: {
    title: 'An event is missing, doubled or moved.',
    body: 'The events of each stream are numbered without a gap, and here the numbers do not go on.',
  },
  chain: {
    title: 'An event of this file was changed.',
    body: 'Each event has a value that is computed from it and from the one before it. Here the value is another one.',
  },
  proof: {
    title: 'An event of this file is not part of the signed log.',
    body: 'The proof that comes with it does not lead to the signed root.',
  },
  count: {
    title: 'Events are missing from this file, or were added.',
    body: 'The file says how many there are, and there are not so many.',
  },
  head: {
    title: 'The events of this file are not those that were signed.',
    body: 'A signed head covers all events in front of it, and here it does not fit them.',
  },
  'kept-head': {
    title: 'This is not the log of the head that you kept.',
    body: 'At the same place the published head has another value. The log was rewritten after that head was published.',
  },
  sum: {
    title: 'Something in this file was changed.',
    body: 'The sum over all lines is not the one that was signed.',
  },
  signature: {
    title: 'A signature of this file is false.',
    body: 'What it is meant to sign was changed, or whoever signed it does not have the key that is named.',
  },
  'other-key': {
    title: 'This file is signed with another key.',
    body: 'It may come from another installation, or from somebody who only says to be this one. Ask for the right key from somebody whom you trust.',
  },
} satisfies Readonly<Record<FlawCode, Words>>;

export const verify = {
  title: 'Check an exported history',
  lead: 'Is this file whole, exactly as it was exported and signed? Your browser finds out by itself: nothing is uploaded, and it works with the network off once this page is open.',
  file: {
    title: 'The file',
    drop: 'Drop the exported file here',
    or: 'or',
    choose: 'Choose a file',
    another: 'Choose another file',
    hint: 'An export of the history (.jsonl), or a signed paper (.json).',
  },
  key: {
    label: 'Public key',
    hint: 'This is the key that this server says is its own. If you do not trust the server, put the key here that somebody gave you.',
    hintOther:
      'This is not the key that this server says is its own. It is the right one if somebody whom you trust gave it to you.',
    offered: 'Use this server’s key',
  },
  head: {
    title: 'A published head that you kept',
    lead: 'It also finds a log that was cut short or rewritten as a whole and signed again. Get it from somebody who kept it, or from the published heads.',
    label: 'Signed head',
    hint: 'The text of the file, as it is.',
    choose: 'Choose its file',
    published: 'Published heads',
  },
  check: 'Check the file',
  again: 'Check again',
  cancel: 'Cancel',
  cancelled: 'The check was cancelled. Nothing was found out.',
  progress: (percent: number) => `${percent} % read`,
  checking: 'Checking the file',
  whole: {
    title: 'This file is whole.',
    all: (n: number) =>
      `All ${events(n)} of the log up to the last signed head are in it, and none of them was changed.`,
    booking: (n: number, id: string) =>
      `It holds ${events(n)} about the booking ${id}, each proven to be in the signed log. None was changed or left out of the booking’s own streams.`,
    stream: (n: number, id: string) =>
      `It holds ${events(n)}, all of the stream ${id}, each proven to be in the signed log. None was changed.`,
    unchecked:
      'The published head could not be compared: a part of the log holds nothing at that place. For that, check an export of the whole log.',
    compared: 'It goes through the published head that you gave.',
  },
  broken,
  document: {
    'lesson-receipt': {
      title: 'This lesson receipt is genuine.',
      body: (at: string) => `It was signed ${at}, and nothing of it was changed since. It says:`,
    },
    evidence: {
      title: 'This evidence is genuine.',
      body: (at: string) => `It was signed ${at}, and nothing of it was changed since. It says:`,
    },
    case: {
      booking: 'Booking',
      asOf: 'As it stood',
      kept: 'Kept with',
      proposal: (when: string) => `the decision, or a proposal of it, of ${when}`,
      approval: (when: string) => `the second person’s yes of ${when}`,
      builtFrom: 'Built from',
      events: (built: number, named: number) =>
        `${events(built)}; those that it names, ${count(named)}, are in the file`,
      evidencePrint: 'Fingerprint of the evidence',
    },
    fingerprint: 'Fingerprint',
    broken: {
      ...broken,
      'not-an-export': {
        title: 'This is no signed paper.',
        body: 'It begins like one, and is longer than any that we sign. Choose the file as it was downloaded.',
      },
      'cut-off': {
        title: 'The end of this paper is missing.',
        body: 'It was cut off. Download it again, or ask for it again.',
      },
      form: {
        title: 'This paper was changed.',
        body: 'It is not written as we write it, so at least one character is another one.',
      },
      signature: {
        title: 'This paper was changed, or is not ours.',
        body: 'The signature does not fit what it says. Do not rely on it.',
      },
    } satisfies Readonly<Record<FlawCode, Words>>,
  },
  cutBefore: (kept: number, there: number) =>
    `The published head covers ${events(kept)}. This file ends after ${events(there)}.`,
  cutBeforePart: 'The published head is of a later time than the end of this file.',
  facts: {
    file: 'File',
    events: 'Events',
    recorded: 'Recorded',
    between: (from: string, to: string) => `${from} to ${to}`,
    exported: 'Exported',
    signedWith: 'Signed with',
    heads: 'Signed heads',
    newest: 'Newest head',
    newestIs: (position: string, records: number, at: string) =>
      `position ${position}, ${events(records)}, signed ${at}`,
    speed: 'Took',
    took: (seconds: string, perSecond: string) => `${seconds} s, ${perSecond} events a second`,
    line: 'Line',
    position: 'Position',
    found: 'Found',
    expected: 'Expected',
    before: 'Whole in front of it',
    upTo: (n: number, position: string) => `${events(n)}, up to position ${position}`,
    nothing: 'nothing',
    exactly: 'Exactly',
  },
  problems: {
    'no-file': { title: 'There is no file yet.', body: 'Drop the exported file, or choose it.' },
    'several-files': { title: 'That is more than one file.', body: 'Check one after the other.' },
    'a-folder': { title: 'That is a folder.', body: 'Drop the exported file itself.' },
    'key-invalid': {
      title: 'That is not a public key.',
      body: 'A public key is 64 characters, digits and the letters a to f. Several are parted by spaces.',
    },
    'head-invalid': {
      title: 'That is not a signed head.',
      body: 'Give the text of the published file as it is. It begins with {"head":',
    },
    'head-other-key': {
      title: 'The published head is signed with another key.',
      body: 'Head and file must come from the same installation. The file was not looked at.',
    },
    'head-false': {
      title: 'The signature of the published head is false.',
      body: 'It was changed after it was signed. The file was not looked at.',
    },
    'file-unreadable': {
      title: 'The file cannot be read.',
      body: 'It was moved, changed or locked meanwhile, or it is a folder. Choose it again.',
    },
    'browser-too-old': {
      title: 'This browser cannot check signatures here.',
      body: 'It needs https and a browser of 2025 or later. Nothing is wrong with the file by that.',
    },
    'check-failed': {
      title: 'The check itself failed.',
      body: 'Nothing is said about the file by that. Load the page again and try once more.',
    },
  } satisfies Readonly<Record<string, Words>>,
  otherwise: 'The same check runs on the command line, without any page:',
  link: 'Check an exported history',
};
