/** Reactions that the picker offers, with their names for search and screen readers. */
export const EMOJIS: readonly (readonly [emoji: string, name: string])[] = [
  ['👍', 'Thumbs up'],
  ['❤️', 'Heart'],
  ['🎉', 'Celebrate'],
  ['😂', 'Laughing'],
  ['😮', 'Surprised'],
  ['🤔', 'Thinking'],
  ['👏', 'Clapping'],
  ['🙏', 'Thank you'],
  ['✅', 'Done'],
  ['❓', 'Question'],
  ['💡', 'Idea'],
  ['💯', 'Hundred points'],
  ['🙌', 'Raised hands'],
  ['👀', 'Looking'],
  ['🔥', 'Fire'],
  ['⭐', 'Star'],
  ['😊', 'Smiling'],
  ['😕', 'Confused'],
  ['😢', 'Sad'],
  ['👎', 'Thumbs down'],
  ['✋', 'Hand up'],
  ['⏳', 'Waiting'],
  ['🐢', 'Too slow'],
  ['🐇', 'Too fast'],
];

export const emojiName = (emoji: string): string => EMOJIS.find(([one]) => one === emoji)?.[1] ?? emoji;
