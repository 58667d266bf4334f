import { expect, test } from 'vitest';
import { failureOf, htmlOf, lettersOf } from './mail.server.ts';

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

test('what is kept of a refused mail names nobody', () => {
  const error = Object.assign(new Error('Can not send: 550 5.1.1 <ravi@demo.test>: no such user'), {
    code: 'EENVELOPE',
    response: '550 5.1.1 <ravi@demo.test>: no such user',
    responseCode: 550,
    command: 'RCPT TO',
    rejected: ['ravi@demo.test'],
  });
  expect(failureOf(error)).toEqual({ code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' });
  expect(failureOf(new Error('<ravi@demo.test>'))).toEqual({ code: 'unknown' });
  expect(
    failureOf(Object.assign(new Error(), { code: 7, responseCode: 'x', command: 'RCPT TO:<ravi@demo.test>' })),
  ).toEqual({
    code: 'unknown',
    command: 'RCPT TO',
  });
});
