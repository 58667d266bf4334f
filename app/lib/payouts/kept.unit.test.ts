import { describe, expect, it } from 'vitest';
import { details } from '#events/tutor/examples.ts';
import { checkDetails } from './details.ts';
import { keptOf, withKept } from './kept.ts';

const words = { differs: 'They differ.', panKind: (letter: string) => letter };
const { typed } = keptOf(details);

describe('payout details that were sent before', () => {
  it('give a form without PAN and account number, of which it shows the last four', () => {
    const kept = keptOf(details);
    expect(kept).toMatchObject({ panEnd: '234F', accountEnd: '9012', typed: { city: 'Chennai', ifsc: 'HDFC0001234' } });
    const sent = JSON.stringify(kept);
    expect(sent).not.toContain(details.pan);
    expect(sent).not.toContain(details.bank.accountNumber);
  });

  it('stand where nothing was typed, so that one field can be corrected alone', () => {
    expect(checkDetails(withKept({ ...typed, beneficiary: 'M. Iyer' }, details), words)).toEqual({
      kind: 'details',
      details: { ...details, bank: { ...details.bank, beneficiary: 'M. Iyer' } },
    });
  });

  it('give way to what was typed, and a number must still be typed twice', () => {
    const number = { accountNumber: '9876 5432 1098', accountNumberAgain: '987654321098' };
    expect(checkDetails(withKept({ ...typed, ...number, pan: 'xyzpm9999a' }, details), words)).toMatchObject({
      details: { pan: 'XYZPM9999A', bank: { accountNumber: '987654321098' } },
    });
    for (const half of [{ accountNumber: '987654321098' }, { accountNumberAgain: '987654321098' }])
      expect(checkDetails(withKept({ ...typed, ...half }, details), words).kind).toBe('problems');
  });

  it('are nobody’s where nothing was sent', () => {
    expect(withKept(typed, null)).toBe(typed);
  });
});
