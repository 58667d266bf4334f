/** One column of `Table`. */
export interface Column {
  readonly id: string;
  readonly label: string;
  /** Right-aligned, tabular figures. */
  readonly numeric?: boolean;
  /** CSS width on wide screens. */
  readonly width?: string;
  /** On phones a row is a card: `full` puts the cell on a line of its own, `hide` leaves it out. */
  readonly phone?: 'full' | 'hide';
}
