/** How one person has arranged their own screen: board, one face, or all of them. */
export const LAYOUTS = ['board', 'speaker', 'grid'] as const;
export type Layout = (typeof LAYOUTS)[number];
export const isLayout = (value: string): value is Layout => LAYOUTS.some((layout) => layout === value);

export class View {
  layout: Layout = $state('board');
  /** Who stays on the stage whoever speaks; null: whoever speaks. */
  pinned: string | null = $state(null);

  /** Shows it, or the board again. */
  toggle(layout: Layout): void {
    this.show(this.layout === layout ? 'board' : layout);
  }

  show(layout: Layout): void {
    this.layout = layout;
  }

  /** Large and to stay; once more lets go. */
  pin(personId: string): void {
    const lets = this.pinned === personId;
    this.pinned = lets ? null : personId;
    this.layout = lets ? 'board' : 'speaker';
  }
}
