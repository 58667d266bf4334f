/**
 * Which fields of which events hold somebody's words or data, and whose: these are encrypted with that person's own key
 * before they reach the log (sealed-store.server.ts). Typed against the registry, so that a field that is renamed does
 * not compile. A line is never removed: what was written under it must still be opened. Pure.
 */
import type { AnyEvent } from '../handling/registry.ts';

type DataOf<Type extends AnyEvent['type']> = Extract<AnyEvent, { type: Type }>['data'];

/** Paths to texts, such as `profile.name` or `offers.*.title`. */
type TextPath<Data> = {
  [Key in keyof Data & string]: Data[Key] extends string | null
    ? Key
    : Data[Key] extends readonly (infer Element)[]
      ? Element extends string
        ? `${Key}.*`
        : `${Key}.*.${TextPath<Element>}`
      : Data[Key] extends object
        ? `${Key}.${TextPath<Data[Key]>}`
        : never;
}[keyof Data & string];

type PersonField<Data> = {
  [Key in keyof Data & string]: Data[Key] extends string ? Key : never;
}[keyof Data & string];

interface Sealing<Data> {
  /** Field with the person's id, or `actor`: whoever gave the command, as long as that is a person. */
  readonly owner: PersonField<Data> | 'actor';
  readonly fields: readonly TextPath<Data>[];
  /** Among `fields`: has to stay a name that is different for everybody. */
  readonly slug?: TextPath<Data>;
}

type Table = { readonly [Type in AnyEvent['type']]?: Sealing<DataOf<Type>> };

export const SEALED = {
  TutorProfilePublished: {
    owner: 'tutorId',
    fields: ['profile.slug', 'profile.name', 'profile.headline', 'profile.about', 'profile.city', 'profile.education'],
    slug: 'profile.slug',
  },
  OffersSet: { owner: 'tutorId', fields: ['offers.*.title'] },
  PayoutDetailsSubmitted: {
    owner: 'tutorId',
    fields: [
      'legalName',
      'contactName',
      'email',
      'phone',
      'pan',
      'address.street',
      'address.city',
      'address.state',
      'address.postalCode',
      'bank.beneficiary',
      'bank.accountNumber',
      'bank.ifsc',
      'bankLast4',
    ],
  },
  BankDetailsChanged: { owner: 'tutorId', fields: ['bankLast4'] },
  LinkedAccountNeedsClarification: { owner: 'tutorId', fields: ['requirements.*.reason'] },
  LinkedAccountSuspended: { owner: 'tutorId', fields: ['reason'] },
  LinkedAccountFailed: { owner: 'tutorId', fields: ['reason'] },
  BookingRequested: { owner: 'studentId', fields: ['note'] },
  BookingCancelled: { owner: 'actor', fields: ['reason'] },
  CancellationProposed: { owner: 'by', fields: ['reason'] },
  CancellationRejected: { owner: 'by', fields: ['reason'] },
  PayoutDisputed: { owner: 'openedBy', fields: ['text'] },
  DisputeOpened: { owner: 'openedBy', fields: ['text'] },
  DisputeAnswered: { owner: 'by', fields: ['text'] },
  StatementAdded: { owner: 'by', fields: ['text'] },
  ReviewWritten: { owner: 'studentId', fields: ['text'] },
  StudyRoomOpened: { owner: 'hostId', fields: ['subject'] },
  StudyGroupCreated: { owner: 'by', fields: ['name'] },
  StudyGroupRenamed: { owner: 'by', fields: ['name'] },
} as const satisfies Table;

/** Owners that are nobody: what they say was written by us. */
export const NOBODY: ReadonlySet<string> = new Set(['policy']);

/** One row of the table, as it is used. */
export interface SealedFields {
  readonly owner: string;
  readonly paths: readonly (readonly string[])[];
  readonly slug: string | null;
}

const ROWS: ReadonlyMap<string, SealedFields> = new Map(
  Object.entries<{ owner: string; fields: readonly string[]; slug?: string }>(SEALED).map(
    ([type, { owner, fields, slug }]) => [
      type,
      { owner, paths: fields.map((field) => field.split('.')), slug: slug ?? null },
    ],
  ),
);

export const sealedFieldsOf = (type: string): SealedFields | undefined => ROWS.get(type);

/** What stands where a text of somebody was who is erased. */
export const ERASED = '[erased]';

export const erasedText = (fields: SealedFields, field: string, owner: string): string =>
  field === fields.slug ? `erased-${owner.toLowerCase().replace(/[^a-z0-9]+/g, '-')}` : ERASED;
