type Data = Readonly<Record<string, unknown>>;

/** `InviteLinkMade`: version 2 says how long a link works, and for how many. Before, it was until somebody stopped it. */
export function upcastInviteLinkMade(data: Data, from: number): Data {
  return from >= 2 ? data : { ...data, expiresAt: null, mostUses: null };
}
