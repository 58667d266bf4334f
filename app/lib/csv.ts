/** CSV (RFC 4180) for spreadsheets: rupees with a point, instants in UTC. Pure. */

/** A cell that a spreadsheet would run as a formula gets a quote in front of it. Our own negative amounts are numbers. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^-\d+\.\d\d$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(head: readonly string[], lines: readonly (readonly string[])[]): string {
  return [head, ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

/** Paise as rupees: 72,000 is `720.00`. */
export const rupees = (paise: number): string => (paise / 100).toFixed(2);

/** Empty for an instant that is not there. */
export const instant = (at: number | null): string => (at === null ? '' : new Date(at).toISOString());

/** The answer to a browser that asks for the file. */
export function csvFile(name: string, body: string): Response {
  return new Response(body, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'private, no-store',
    },
  });
}
