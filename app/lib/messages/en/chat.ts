/** Words of the chat. */
export const chat = {
  label: 'Chat',
  messages: 'Messages',
  you: 'You',
  someone: 'Someone',
  write: 'Write to everyone',
  writeLabel: 'Message to everyone',
  hint: 'Enter sends, Shift Enter begins a new line',
  send: 'Send',
  /** Characters that are left, once they run short. */
  left: (count: number) => `${count} left`,
  empty: 'No messages yet',
  emptyBody: 'Ask, answer, share a link. It stays here after the lesson.',
  emptyOver: 'Nothing was written in this lesson',
  newBelow: (count: number) => (count === 1 ? '1 new message' : `${count} new messages`),
  latest: 'To the latest',
  unsent: 'Not sent yet',
  connecting: 'Opening the chat',
  offline: 'No connection. What you write is kept here and sent when you are back.',
  over: 'The lesson is over. The chat can be read.',
  watching: 'You are watching and cannot write.',
  refused: 'You cannot open this chat. Reload the page.',
};
