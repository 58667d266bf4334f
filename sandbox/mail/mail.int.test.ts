import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandboxProcess, temporaryFolder, type RunningSandbox } from '../testing/process.ts';
import { field } from '../testing/shapes.ts';

const folder = temporaryFolder();
let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await startSandboxProcess(folder.path);
});
afterAll(async () => {
  await sandbox.stop();
  folder.remove();
});

const transport = () => createTransport({ host: '127.0.0.1', port: sandbox.smtpPort, secure: false });
async function messages(query: string): Promise<unknown[]> {
  const answer = await fetch(`${sandbox.url}/sandbox/mail/messages?${query}`);
  const list = field(await answer.json(), 'messages');
  return Array.isArray(list) ? list : [];
}

it('keeps a mail with its text, links and attachments, through a kill', async () => {
  await transport().sendMail({
    from: 'NexusEd <hello@nexused.test>',
    to: 'Asha <Asha@demo.test>, parent@demo.test',
    subject: 'Your lesson is booked — ₹800',
    text: 'Join at http://localhost:3000/lessons/nx-abc123 on Monday.',
    html: '<p>Join <a href="http://localhost:3000/lessons/nx-abc123?a=1&amp;b=2">here</a><script>alert(1)</script></p>',
    attachments: [
      { filename: 'lesson.ics', content: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n', contentType: 'text/calendar' },
    ],
  });
  await transport().sendMail({
    from: 'a@b.test',
    to: 'other@demo.test',
    subject: 'Another',
    text: 'Plain <b>text</b>',
  });
  await sandbox.kill();
  sandbox = await startSandboxProcess(folder.path);

  const [mail] = await messages('to=asha@demo.test');
  expect(mail).toMatchObject({
    from: 'NexusEd <hello@nexused.test>',
    subject: 'Your lesson is booked — ₹800',
    text: expect.stringContaining('Join at'),
    links: ['http://localhost:3000/lessons/nx-abc123', 'http://localhost:3000/lessons/nx-abc123?a=1&b=2'],
    attachments: ['lesson.ics'],
  });
  expect(await messages('to=asha@demo.test')).toHaveLength(1);
  const all = await messages('limit=1');
  expect(all).toMatchObject([{ subject: 'Another', to: ['other@demo.test'] }]);

  const address = `${sandbox.url}/sandbox/mail/messages/${String(field(mail, 'id'))}`;
  const one = await fetch(address);
  expect(await one.json()).toEqual(mail);
  const html = await fetch(`${address}/html`);
  expect(html.headers.get('content-security-policy')).toMatch(/^sandbox;/);
  expect(await html.text()).toContain('Join <a');
  const file = await fetch(`${address}/attachments/0`);
  expect(file.headers.get('content-type')).toContain('text/calendar');
  expect((await file.text()).split(/\r?\n/).slice(0, 2)).toEqual(['BEGIN:VCALENDAR', 'END:VCALENDAR']);
  const plain = await fetch(`${sandbox.url}/sandbox/mail/messages/${String(field(all[0], 'id'))}/html`);
  expect(await plain.text()).toContain('Plain &#60;b&#62;text');
  const nothing = await fetch(`${sandbox.url}/sandbox/mail/messages/999`);
  expect(nothing.status).toBe(404);
});
