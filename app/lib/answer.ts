/** What a form's action answers: it was done, or it was not and why. `about` names the form on the page. */
export interface Problem {
  readonly about: string;
  readonly code: string;
  readonly message: string;
}

export interface Done {
  readonly about: string;
  readonly done: true;
}

interface Answer {
  readonly about?: string;
  readonly code?: string;
  readonly message?: string;
  readonly done?: true;
}

/** The problem with the form named `about`, or with any form. */
export function problemOf(answer: Answer | null | undefined, about?: string): Problem | null {
  if (answer?.about === undefined || answer.code === undefined || answer.message === undefined) return null;
  if (about !== undefined && answer.about !== about) return null;
  return { about: answer.about, code: answer.code, message: answer.message };
}

/** Was the form named `about` the one that was just done? */
export function isDone(answer: Answer | null | undefined, about: string): boolean {
  return answer?.done === true && answer.about === about;
}
