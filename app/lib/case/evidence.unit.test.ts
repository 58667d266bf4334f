import { describe, expect, it } from 'vitest';
import { evidenceOf, NOTHING_EARLIER } from '#events/evidence/evidence.ts';
import { at, historyOf, type Story } from '#events/evidence/examples.ts';
import { evidence as words } from '../messages/en/evidence.ts';
import { barOf, draftOf, findingWords, lengthWords, sorted, sumsOf, verdictWords } from './evidence.ts';

const names = { tutorName: 'Asha', studentName: 'Ravi' };

function made(story: Story) {
  const evidence = evidenceOf(historyOf(story), NOTHING_EARLIER, at(200));
  if (!evidence) throw new Error('no evidence');
  return evidence;
}
const late = made({ claim: 'cut-short', tutor: { here: [[20, 60]] } });

describe('evidence in words', () => {
  it('says how much goes back, for which minutes, and why', () => {
    expect(verdictWords(late, words)).toEqual({
      answer: 'They speak for sending ₹266.67 back: 20 of 60 minutes.',
      why: 'This time was lost on the tutor’s side.',
    });
    expect(verdictWords(made({ claim: 'cut-short' }), words).answer).toBe('They speak for sending nothing back.');
    expect(verdictWords(made({ claim: 'did-not-happen', tutor: {}, ended: 15 }), words).answer).toBe(
      'They speak for sending all ₹800.00 back.',
    );
    expect(verdictWords(made({ claim: 'other' }), words).answer).toBe('They do not decide this case.');
  });

  it('puts what the verdict rests on first, and leaves nothing out', () => {
    const { because, also } = sorted(late);
    expect(because.map(({ code }) => code)).toEqual(['minutes-held', 'lost-tutor-absent', 'tutor-late']);
    expect(because.length + also.length).toBe(late.findings.length);
    expect(because.map((finding) => findingWords(finding, names, words))).toEqual([
      'Both were active at once for 40 minutes of 1 hour.',
      '20 minutes were lost because Asha was not there.',
      'Asha came 20 minutes late.',
    ]);
  });

  it('begins the reason for both sides without earlier cases of anybody', () => {
    const earlier = { tutor: { disputes: 3, givenBack: 2 }, student: { disputes: 1, givenBack: 0 } };
    const evidence = evidenceOf(historyOf({ claim: 'cut-short', tutor: { here: [[20, 60]] } }), earlier, at(200));
    if (!evidence) throw new Error('no evidence');
    const draft = draftOf(evidence, words);
    expect(draft).toBe(
      'This time was lost on the tutor’s side. Both were active at once for 40 minutes of 1 hour. ' +
        '20 minutes were lost because the tutor was not there. The tutor came 20 minutes late.',
    );
    expect(draftOf(made({ claim: 'other' }), words)).toBe('');
  });

  it('draws the booked time as one bar, with what each side lost', () => {
    const bar = barOf(made({ tutor: { here: [[20, 60]] }, student: { here: [[0, 50]] } }).minutes);
    expect(bar.map(({ side, size }) => [side, Math.round(size)])).toEqual([
      ['tutor', 33],
      ['held', 50],
      ['student', 17],
    ]);
    expect(bar.reduce((sum, { size }) => sum + size, 0)).toBeCloseTo(100);
    expect(sumsOf(bar).map(({ side }) => side)).toEqual(['held', 'tutor', 'student']);
  });

  it('says short times in seconds', () =>
    expect([400, 1_000, 59_400, 60_000, 90_000].map(lengthWords)).toEqual([
      '0 seconds',
      '1 second',
      '59 seconds',
      '1 minute',
      '2 minutes',
    ]));
});
