type Data = Readonly<Record<string, unknown>>;

/** `LinkedAccountActivated`: version 2 says from when on money goes there; the accounts of version 1 always could. */
export const upcastLinkedAccountActivated = (data: Data, from: number): Data =>
  from >= 2 ? data : { ...data, usableFrom: 0 };
