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
