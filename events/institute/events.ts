import { impossible, never } from '../shared/never.ts';

/** Stream `institute-<instituteId>`. */
export type InstituteEvent =
  | { readonly type: 'InstituteFounded'; readonly data: { readonly instituteId: string; readonly name: string } }
  | {
      readonly type: 'MemberAdded';
      readonly data: {
        readonly instituteId: string;
        readonly personId: string;
        readonly as: 'admin' | 'tutor' | 'student';
      };
    };

export type InstituteState =
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'founded';
      readonly name: string;
      readonly members: readonly { readonly personId: string; readonly as: 'admin' | 'tutor' | 'student' }[];
    };

export const initial: InstituteState = { kind: 'unknown' };

export function evolve(state: InstituteState, event: InstituteEvent): InstituteState {
  switch (event.type) {
    case 'InstituteFounded':
      return state.kind === 'unknown'
        ? { kind: 'founded', name: event.data.name, members: [] }
        : impossible(event, state);
    case 'MemberAdded': {
      if (state.kind !== 'founded') return impossible(event, state);
      const { personId, as } = event.data;
      return { ...state, members: [...state.members, { personId, as }] };
    }
    default:
      return never(event, 'institute event');
  }
}
