const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&#38;': '&', '&#x26;': '&', '&quot;': '"' };

/** Addresses in a mail's text and in the links of its HTML, each once, in order of appearance. */
export function findLinks(plain: string, html: string): string[] {
  const inText = plain.match(/https?:\/\/[^\s<>"')\]]+/g) ?? [];
  const inHtml = [...html.matchAll(/<a\b[^>]*?\bhref\s*=\s*["'](https?:\/\/[^"']+)["']/gi)].map(([, href = '']) =>
    href.replace(/&(?:amp|#38|#x26|quot);/g, (entity) => ENTITIES[entity] ?? entity),
  );
  return [...new Set([...inText.map((link) => link.replace(/[.,;:!?]+$/, '')), ...inHtml])];
}
