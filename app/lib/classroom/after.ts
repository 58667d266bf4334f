/** What the page shows of work that is done: the lesson when it is over, and what a device has kept of one. */
export { default as After } from './After.svelte';
export { default as KeptNotice } from './kept/KeptNotice.svelte';
