/** The address of a tutor's public page from a name: `Ananya Krishnan` → `ananya-krishnan`. Pure. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  return plain === '' ? 'tutor' : plain;
}

/** Words between commas, each once, in the order typed. */
export function listOf(typed: string): readonly string[] {
  return [
    ...new Set(
      typed
        .split(',')
        .map((word) => word.trim().replace(/\s+/g, ' '))
        .filter(Boolean),
    ),
  ];
}
