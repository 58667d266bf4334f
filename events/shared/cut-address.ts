/** `203.0.113.0/24`: enough to tell networks apart, and not whose it is. What was cut already stays as it is. */
const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}(?:\/24)?$/;
const V6 = /^[0-9a-f:.]{2,45}(?:\/48)?$/i;

/** @param address of a machine, as a number or a name; `mdns` for a browser's made-up name, `hidden` for any other. */
export function cutAddress(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const [, a, b, c] = V4.exec(bare) ?? [];
  if (a !== undefined && b !== undefined && c !== undefined)
    return [a, b, c].every((part) => Number(part) <= 255) ? `${a}.${b}.${c}.0/24` : 'hidden';
  if (V6.test(bare) && bare.includes(':')) return cutV6(bare.replace(/\/48$/, '').toLowerCase());
  return /\.local$/i.test(bare) || bare === 'mdns' ? 'mdns' : 'hidden';
}

/** Its first three groups of sixteen bits; what `::` leaves out among them is zero. */
function cutV6(address: string): string {
  const [head = ''] = address.split('::');
  const groups = head.split(':').filter((group) => /^[0-9a-f]{1,4}$/.test(group));
  const [a = '0', b = '0', c = '0'] = groups;
  return `${a}:${b}:${c}::/48`;
}
