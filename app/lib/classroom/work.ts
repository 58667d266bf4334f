/** Board and chat of a lesson that runs, in one piece, so that they come together. */
export { default as CatchUp } from '$lib/replay/CatchUp.svelte';
export { default as CarryOn } from './CarryOn.svelte';
export { openDocuments } from './documents.svelte.ts';
export { default as LessonChat } from './LessonChat.svelte';
export { mutingIn } from './muting.ts';
export { default as LessonBoard } from './rights/LessonBoard.svelte';
export { default as PersonRights } from './rights/PersonRights.svelte';
export { default as WhoWrites } from './rights/WhoWrites.svelte';
