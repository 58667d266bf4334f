import { expect, test } from 'vitest';
import { htmlOf, lettersOf } from './mail.server.ts';

test('a letter greets, says, links and signs, the same in text and html', () => {
  const { text, html } = lettersOf('Ravi', 'Booked <Maths> & more.', 'http://localhost:3000/bookings/1');
  expect(text).toBe('Hello Ravi,\n\nBooked <Maths> & more.\n\nhttp://localhost:3000/bookings/1\n\nNexusEd');
  expect(html).toBe(
    [
      '<p>Hello Ravi,</p>',
      '<p>Booked &lt;Maths&gt; &amp; more.</p>',
      '<p><a href="http://localhost:3000/bookings/1">http://localhost:3000/bookings/1</a></p>',
      '<p>NexusEd</p>',
    ].join('\n'),
  );
});

test('without a name the words stand alone', () => {
  expect(lettersOf('', 'One.\n\nTwo.', null)).toEqual({ text: 'One.\n\nTwo.', html: '<p>One.</p>\n<p>Two.</p>' });
});

test('nothing in an address breaks out of its link', () => {
  expect(htmlOf('http://x/"><script>')).toBe(
    '<p><a href="http://x/&quot;&gt;&lt;script&gt;">http://x/&quot;&gt;&lt;script&gt;</a></p>',
  );
});
