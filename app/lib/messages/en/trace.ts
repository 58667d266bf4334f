/** The code that somebody in a lesson reads to support, and what support finds under it. */
export const trace = {
  code: {
    heading: 'Does the connection give you trouble?',
    label: 'Support code',
    why: 'With this code support sees how your connection went in this lesson: nothing that was said, shown or written. It is deleted after 30 days.',
    copy: 'Copy',
    copied: 'Copied',
  },
  ops: {
    title: 'Traces of lessons',
    link: 'Traces of lessons',
    ofThisLesson: 'Traces of connections',
    lead: 'How somebody’s connection went in a lesson, by the support code that they give you. Kept 30 days, without what was said or written.',
    search: 'Support code',
    placeholder: 'ABCD-2345',
    go: 'Find',
    none: 'There is no trace with this code.',
    noneBody: 'Ask for it again: eight letters and digits, never I, O, 0 or 1. Traces are deleted after 30 days.',
    latest: 'Latest',
    ofLesson: 'Of this lesson',
    empty: 'Nobody has been in a lesson in the last 30 days.',
    emptyLesson: 'There is no trace of this lesson. They are kept for 30 days.',
    who: (name: string, role: string) => `${name}, ${role}`,
    roles: { host: 'host', 'co-host': 'co-host', participant: 'participant', observer: 'observer' },
    began: 'Begun',
    dropped: (count: number) =>
      count === 1 ? 'One earlier entry is left out.' : `${count} earlier entries are left out.`,
    filter: 'Event',
    all: 'All events',
    count: (shown: number, all: number) => (shown === all ? `${all} entries` : `${shown} of ${all} entries`),
    ways: { in: 'from the page', out: 'from the server', media: 'media' },
    line: (line: number) => `connection ${line}`,
    bytes: (bytes: number) => `${bytes} bytes`,
    /** @param ms since the first entry. */
    after: (ms: number) => `+${(ms / 1_000).toFixed(2)} s`,
  },
};
