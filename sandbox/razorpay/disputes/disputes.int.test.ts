/** Disputes as the official SDK and the webhooks tell of them. */
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KEY_ID, KEY_SECRET, temporaryFolder } from '../../testing/process.ts';
import { startReceiver } from '../../testing/receiver.ts';
import { useScene } from '../../testing/scene.ts';
import { rejection } from '../../testing/sdk.ts';
import { field, isJson, type Json } from '../../testing/shapes.ts';

const scene = useScene();

const open = (payment: string, body: Json = {}) => scene().sandbox.control(`payments/${payment}/disputes`, body);
const resolve = (id: unknown, status: string, more: Json = {}) =>
  scene().sandbox.control(`disputes/${String(id)}/resolve`, { status, ...more });

async function upload(): Promise<string> {
  const folder = temporaryFolder();
  const path = join(folder.path, 'lesson-record.pdf');
  writeFileSync(path, 'the record of a lesson');
  const made = await scene().sdk.razorpay.documents.create({
    file: { value: createReadStream(path), options: { filename: 'lesson-record.pdf', contentType: null } },
    purpose: 'dispute_evidence',
  });
  folder.remove();
  return made.id;
}

async function contested(payment: string, body: Json = {}): Promise<string> {
  const dispute = await open(payment, body);
  await scene().sdk.razorpay.disputes.contest(String(dispute.id), {
    proof_of_service: [await upload()],
    action: 'submit',
  });
  return String(dispute.id);
}

describe('documents', () => {
  it('are uploaded as a form and fetched', async () => {
    const { sdk } = scene();
    const id = await upload();
    expect(id).toMatch(/^doc_[A-Za-z0-9]{14}$/);
    expect(await sdk.razorpay.documents.fetch(id)).toMatchObject({
      id,
      entity: 'document',
      purpose: 'dispute_evidence',
      name: 'lesson-record.pdf',
      size: 22,
      created_at: expect.any(Number),
    });
    const form = new FormData();
    form.set('purpose', 'dispute_evidence');
    const answer = await fetch(`${scene().sandbox.url}/v1/documents`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${KEY_ID}:${KEY_SECRET}`)}` },
      body: form,
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { field: 'file', description: 'The file field is required.' } });
  });
});

describe('disputes', () => {
  it('are listed and fetched with empty evidence, and take nothing until they are lost', async () => {
    const { sdk, paidPayment, platformBalance } = scene();
    const payment = await paidPayment(80_000);
    const before = await platformBalance();
    const dispute = await open(payment, { reason_code: 'goods_or_services_not_received_or_partially_received' });
    expect(dispute).toMatchObject({
      entity: 'dispute',
      payment_id: payment,
      amount: 80_000,
      currency: 'INR',
      amount_deducted: 0,
      reason_code: 'goods_or_services_not_received_or_partially_received',
      status: 'open',
      phase: 'chargeback',
      evidence: { amount: 80_000, summary: null, shipping_proof: null, others: null, submitted_at: null },
    });
    expect(await sdk.razorpay.disputes.fetch(String(dispute.id))).toEqual(dispute);
    const listed = await sdk.razorpay.disputes.all({ count: 1 });
    expect(listed).toMatchObject({ entity: 'collection', count: 1, items: [{ id: dispute.id }] });
    expect(await platformBalance()).toBe(before);
    expect(await rejection(sdk.razorpay.disputes.fetch('disp_AAAAAAAAAAAAAA'))).toMatchObject({
      statusCode: 400,
      error: { description: 'The id provided does not exist' },
    });
  });

  it('are accepted once, by a POST without a body, and the money goes', async () => {
    const { sdk, paidPayment, platformBalance } = scene();
    const dispute = await open(await paidPayment(30_000), { amount: 20_000 });
    const before = await platformBalance();
    expect(await sdk.razorpay.disputes.accept(String(dispute.id))).toMatchObject({
      status: 'lost',
      amount_deducted: 20_000,
    });
    expect(before - (await platformBalance())).toBe(20_000);
    expect((await rejection(sdk.razorpay.disputes.accept(String(dispute.id)))).error.description).toBe(
      'Action not allowed when dispute is in lost status.',
    );
  });

  it('keep a draft, submit it with a document, and are won', async () => {
    const { sdk, paidPayment, platformBalance } = scene();
    const dispute = await open(await paidPayment(10_000));
    const id = String(dispute.id);
    const before = await platformBalance();
    const nothing = await rejection(sdk.razorpay.disputes.contest(id, { summary: 'held', action: 'submit' }));
    expect(nothing).toMatchObject({ statusCode: 400 });
    const document = await upload();
    const others = [{ type: 'attendance', document_ids: [document] }];
    const draft = await sdk.razorpay.disputes.contest(id, {
      amount: 5000,
      summary: 'It was held',
      others,
      action: 'draft',
    });
    expect(draft).toMatchObject({
      status: 'open',
      evidence: { amount: 5000, summary: 'It was held', others, submitted_at: null },
    });
    const submitted = await sdk.razorpay.disputes.contest(id, { proof_of_service: [document], action: 'submit' });
    expect(submitted).toMatchObject({
      status: 'under_review',
      evidence: { summary: 'It was held', proof_of_service: [document], others, submitted_at: expect.any(Number) },
    });
    expect((await rejection(sdk.razorpay.disputes.accept(id))).error.description).toBe(
      'Action not allowed when dispute is in under_review status.',
    );
    expect(await resolve(id, 'won')).toMatchObject({ status: 'won', amount_deducted: 0 });
    expect(await platformBalance()).toBe(before);
  });

  it.each([
    [{ action: 'submit', proof_of_service: ['doc_AAAAAAAAAAAAAA'] }, 'The id provided does not exist'],
    [{ action: 'draft', summary: 'x'.repeat(1001) }, 'The summary may not be greater than 1000 characters.'],
    [{ action: 'draft', amount: 10_001 }, 'The amount contested is greater than the amount disputed.'],
    [{ summary: 'x' }, 'The action field is required.'],
    [{ action: 'later' }, 'The selected action is invalid.'],
    [{ action: 'draft', colour: 'red' }, 'colour is/are not required and should not be sent'],
  ])('refuse %j', async (body, description) => {
    const { sdk, paidPayment } = scene();
    const { id } = await open(await paidPayment(10_000));
    const { statusCode, error } = await rejection(sdk.razorpay.disputes.contest(String(id), body));
    expect(statusCode).toBe(400);
    expect(error.description).toBe(description);
  });

  it('can be asked about again, and then come back open with a new deadline', async () => {
    const { paidPayment, sdk } = scene();
    const id = await contested(await paidPayment(10_000));
    const again = await resolve(id, 'action_required');
    expect(again).toMatchObject({ status: 'open', amount_deducted: 0 });
    await sdk.razorpay.disputes.contest(id, { billing_proof: [await upload()], action: 'submit' });
    expect(await resolve(id, 'lost')).toMatchObject({ status: 'lost', amount_deducted: 10_000 });
  });

  it('come back in rounds after they were won, each under a new id', async () => {
    const { paidPayment } = scene();
    const payment = await paidPayment(10_000);
    await expect(open(payment, { phase: 'pre_arbitration' })).rejects.toThrow(/challenges a chargeback/);
    const first = await contested(payment);
    await expect(open(payment)).rejects.toThrow(/not decided yet/);
    await resolve(first, 'won');
    const second = await contested(payment, { phase: 'pre_arbitration' });
    expect(second).not.toBe(first);
    await resolve(second, 'won');
    const third = await open(payment, { phase: 'arbitration' });
    expect(third).toMatchObject({ phase: 'arbitration', status: 'open' });
  });

  it('are closed only when they were a suspicion of fraud', async () => {
    const { paidPayment, platformBalance } = scene();
    const suspicion = await open(await paidPayment(10_000), { phase: 'fraud' });
    const before = await platformBalance();
    expect(await resolve(suspicion.id, 'closed')).toMatchObject({ status: 'closed', amount_deducted: 0 });
    expect(await platformBalance()).toBe(before);
    const chargeback = await open(await paidPayment(10_000));
    await expect(resolve(chargeback.id, 'closed')).rejects.toThrow(/phase fraud/);
    await expect(resolve(chargeback.id, 'won')).rejects.toThrow(/decides on what was submitted/);
  });

  it('may take more than there is: then refunds and transfers are refused until money comes in', async () => {
    const { paidPayment, platformBalance, sandbox, sdk } = scene();
    const other = await paidPayment(10_000);
    const dispute = await open(await paidPayment(50_000));
    await sandbox.control('balance', { amount: 20_000 });
    await sdk.razorpay.disputes.accept(String(dispute.id));
    expect(await platformBalance()).toBe(-30_000);
    const { error } = await rejection(sdk.razorpay.payments.refund(other, { amount: 100 }));
    expect(error.description).toMatch(/does not have enough balance/);
    await sandbox.control('balance', { amount: 10_000_000 });
  });

  it('tell of themselves; what the bank wants more of stands beside the entity', async () => {
    const { paidPayment, sandbox } = scene();
    const receiver = await startReceiver();
    await sandbox.control('webhook-url', { url: receiver.url });
    const payment = await paidPayment(10_000);
    const id = await contested(payment);
    await resolve(id, 'action_required');
    await scene().sdk.razorpay.disputes.contest(id, { action: 'submit' });
    await resolve(id, 'won');
    const fraud = await open(await paidPayment(10_000), { phase: 'fraud' });
    await resolve(fraud.id, 'closed');
    const lost = await open(await paidPayment(10_000));
    await resolve(lost.id, 'lost');
    // Those of the tests before had waited for an address and come as well.
    const about = (kind: string, disputeId: unknown) =>
      receiver.received.filter(
        ({ event, body }) => event === `payment.dispute.${kind}` && body.includes(String(disputeId)),
      );
    const contest = ['created', 'under_review', 'action_required', 'won'];
    await receiver.until(
      () =>
        contest.every((kind) => about(kind, id).length > 0) &&
        about('closed', fraud.id).length > 0 &&
        about('lost', lost.id).length > 0,
    );
    const payload = (kind: string, disputeId: unknown = id): Json => {
      const body: unknown = JSON.parse(about(kind, disputeId)[0]?.body ?? '{}');
      expect(field(body, 'contains')).toEqual(['payment', 'dispute']);
      const dispute = field(field(body, 'payload'), 'dispute');
      return isJson(dispute) ? dispute : {};
    };
    expect(payload('created')).toMatchObject({ entity: { id, status: 'open', payment_id: payment } });
    expect(payload('under_review')).toMatchObject({ entity: { status: 'under_review', evidence: { amount: 10_000 } } });
    const wanted = payload('action_required');
    expect(wanted).toMatchObject({
      entity: { id, status: 'open' },
      evidence: { proof_of_service: [expect.any(String)] },
    });
    expect(field(wanted, 'entity')).not.toHaveProperty('evidence');
    expect(payload('lost', lost.id)).toMatchObject({ entity: { status: 'lost', amount_deducted: 10_000 } });
    expect(payload('closed', fraud.id)).toMatchObject({ entity: { status: 'closed', amount_deducted: 0 } });
    await receiver.close();
  });

  it('are too late after their deadline, lost a day later, and then stand in the report', async () => {
    const { passDays, paidPayment, sandbox, sdk } = scene();
    const payment = await paidPayment(10_000);
    const now = Math.floor((await sandbox.state()).clock.now / 1000);
    const { id } = await open(payment, { respond_by: now + 86_400 });
    await passDays(1.1);
    const late = await rejection(sdk.razorpay.disputes.accept(String(id)));
    expect(late.error.description).toBe('Action not allowed as deadline to respond has elapsed.');
    await passDays(1);
    expect(await sdk.razorpay.disputes.fetch(String(id))).toMatchObject({ status: 'lost', amount_deducted: 10_000 });
    const today = new Date((await sandbox.state()).clock.now + 5.5 * 3_600_000);
    const report: unknown = await sdk.razorpay.settlements.reports({
      year: today.getUTCFullYear(),
      month: today.getUTCMonth() + 1,
      day: today.getUTCDate(),
    });
    const rows = field(report, 'items');
    expect(rows).toContainEqual(
      expect.objectContaining({
        entity_id: expect.stringMatching(/^adj_/),
        type: 'adjustment',
        debit: 10_000,
        credit: 0,
        dispute_id: id,
        payment_id: payment,
      }),
    );
  });
});
