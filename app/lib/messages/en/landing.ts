/** Words of the start page. What it promises is what the rules do (PRODUCT.md). */
export const landing = {
  title: 'NexusEd: live lessons with tutors across India',
  description: 'Book a live lesson on a shared board. The tutor is paid 72 hours after it.',
  promise: 'A tutor for the chapter you are stuck on',
  lead: 'Live lessons on one shared board, alone or in a small group. Your money reaches the tutor only 72 hours after the lesson.',
  sketch: 'From a lesson board: the area between a parabola and a line, hatched by hand',
  quick: 'Often asked for',
  freeNext: 'Free next',
  seeAll: (total: number) => `See all ${total}`,
  noTutors: 'No tutor has opened hours yet',
  noTutorsBody: 'Come back soon, or sign up as a tutor and be the first.',
  how: 'How a lesson works',
  steps: [
    {
      title: 'Pick a time',
      body: 'Choose a seat and pay by UPI, card, netbanking or wallet. Your seat is kept for ten minutes while you pay.',
    },
    {
      title: 'Meet on the board',
      body: 'Open the lesson in your browser. Write, speak and ask; your tutor sees each stroke as you make it.',
    },
    {
      title: 'Keep what you made',
      body: 'The board and the chat stay with your booking. A parent who acts for you sees the lesson too.',
    },
  ],
  pathTitle: (money: string) => `Where your ${money} is, at every hour`,
  pathLead:
    'Your money waits with the payment provider, not with the tutor. It stays there until 72 hours after the lesson.',
  path: {
    pay: (money: string) => `You pay ${money}`,
    payBody: (share: string) => `${share} is set aside for the tutor, on hold.`,
    lesson: 'Your lesson',
    lessonBody: 'If the tutor does not come within 15 minutes, you get all of it back.',
    object: '72 hours of waiting',
    objectBody: 'If it is not plain that the lesson was held, the money stays where it is until that is decided.',
    paid: 'The tutor is paid',
    paidBody: 'Nothing is released a minute earlier.',
    until: (when: string) => `until ${when}`,
  },
  trust: 'What you can count on',
  facts: {
    change: { title: 'Change your mind', body: 'Free until 24 hours before. Half back until 4 hours before.' },
    seat: {
      title: 'One seat, one student',
      body: 'A seat is given once. Who comes second is told at once and is not charged.',
    },
    parents: {
      title: 'Parents see it',
      body: 'A parent books, pays and cancels for a child, and sees the same facts.',
    },
    record: {
      title: 'Facts, not claims',
      body: 'Who was there and for how long is recorded as it happens. Every step of your booking stands in its history.',
    },
  },
};
