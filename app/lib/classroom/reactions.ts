import Heart from '@lucide/svelte/icons/heart';
import Laugh from '@lucide/svelte/icons/laugh';
import PartyPopper from '@lucide/svelte/icons/party-popper';
import Rabbit from '@lucide/svelte/icons/rabbit';
import ThumbsDown from '@lucide/svelte/icons/thumbs-down';
import ThumbsUp from '@lucide/svelte/icons/thumbs-up';
import Turtle from '@lucide/svelte/icons/turtle';
import type { Component } from 'svelte';
import type { Reaction } from '#sfu/signalling/protocol.ts';

/** Each reaction's picture, in the order in which they are offered. */
export const REACTION_ICONS: readonly (readonly [Reaction, Component<{ class?: string }>])[] = [
  ['yes', ThumbsUp],
  ['no', ThumbsDown],
  ['heart', Heart],
  ['laugh', Laugh],
  ['celebrate', PartyPopper],
  ['slower', Turtle],
  ['faster', Rabbit],
];

export const iconOf = (reaction: Reaction): Component<{ class?: string }> =>
  REACTION_ICONS.find(([name]) => name === reaction)?.[1] ?? ThumbsUp;
