/** Loads that show what is next `depends` on this: it is what `/live` asks for again. */
export const LIVE = 'app:live';
/** Loads that show conversations, or how much in them is unread. */
export const CONVERSATIONS = 'app:conversations';
