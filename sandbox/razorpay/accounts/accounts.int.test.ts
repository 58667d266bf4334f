/** Onboarding of linked accounts as the official SDK does it. */
import { describe, expect, it } from 'vitest';
import { startReceiver } from '../../testing/receiver.ts';
import { eventually, useScene } from '../../testing/scene.ts';
import { rejection } from '../../testing/sdk.ts';
import { field, type Json } from '../../testing/shapes.ts';

const scene = useScene();
const BANK = { account_number: '1234567890', ifsc_code: 'HDFC0000317', beneficiary_name: 'Meera Iyer' };

let made = 0;
const details = (more: Json = {}) => ({
  email: `tutor-${(made += 1)}@tutors.test`,
  phone: '9000090000',
  type: 'route',
  legal_business_name: 'Meera Iyer',
  business_type: 'individual',
  contact_name: 'Meera Iyer',
  profile: {
    category: 'education',
    subcategory: 'coaching',
    addresses: {
      registered: {
        street1: '507, 1st block',
        street2: 'MG Road',
        city: 'Bengaluru',
        state: 'Karnataka',
        postal_code: '560034',
        country: 'IN',
      },
    },
  },
  legal_info: { pan: 'AVOPB1111K' },
  ...more,
});
const create = (more: Json = {}) => scene().sdk.post('/v2/accounts', details(more));

/** As far as the product, whose id it gives. */
async function begun(): Promise<{ account: string; product: string }> {
  const { sdk } = scene();
  const account = String((await create()).id);
  await sdk.razorpay.stakeholders.create(account, {
    name: 'Meera Iyer',
    email: 'meera@tutors.test',
    phone: {},
    kyc: { pan: 'AVOPB1111K' },
  });
  const product = await sdk.razorpay.products.requestProductConfiguration(account, {
    product_name: 'route',
    tnc_accepted: true,
  });
  return { account, product: product.id };
}
const configure = ({ account, product }: { account: string; product: string }, bank: Json = BANK) =>
  scene().sdk.razorpay.products.edit(account, product, { settlements: { ...BANK, ...bank } });
const status = ({ account, product }: { account: string; product: string }, wanted: string) =>
  eventually(
    () => scene().sdk.razorpay.products.fetch(account, product),
    ({ activation_status: now }) => now === wanted,
  );
const transferTo = (account: string) => scene().sdk.post('/v1/transfers', { account, amount: 1000, currency: 'INR' });

describe('linked accounts', () => {
  it('are created, fetched and changed; the state of one is `created` from the first', async () => {
    const { sdk } = scene();
    const account = await create({ reference_id: 'tutor-124' });
    expect(account).toMatchObject({
      id: expect.stringMatching(/^acc_[A-Za-z0-9]{14}$/),
      type: 'route',
      status: 'created',
      reference_id: 'tutor-124',
      customer_facing_business_name: 'Meera Iyer',
      notes: [],
      legal_info: { pan: 'AVOPB1111K' },
    });
    const id = String(account.id);
    expect(await sdk.razorpay.accounts.edit(id, { contact_name: 'Meera S. Iyer' })).toMatchObject({
      contact_name: 'Meera S. Iyer',
    });
    expect(await sdk.razorpay.accounts.fetch(id)).toMatchObject({ id, contact_name: 'Meera S. Iyer' });
    expect(await sdk.razorpay.accounts.delete(id)).toMatchObject({
      id,
      status: 'suspended',
      suspended_at: expect.any(Number),
    });
  });

  it('have one e-mail each, and the refusal names the account that has it', async () => {
    const first = await create({ email: 'same@tutors.test' });
    const { statusCode, error } = await rejection(create({ email: 'Same@tutors.test' }));
    expect(statusCode).toBe(400);
    expect(error).toMatchObject({
      description: `Merchant email already exists for account - ${String(first.id).slice(4)}`,
      field: 'email',
    });
  });

  it.each([
    [{ email: undefined }, 'The email field is required.'],
    [{ email: 'nobody' }, 'The email must be a valid email address.'],
    [{ phone: undefined }, 'The phone field is required.'],
    [{ phone: '123' }, 'The phone must be between 8 and 15 digits.'],
    [{ type: 'standard' }, 'The selected type is invalid.'],
    [{ legal_business_name: undefined }, 'The legal_business_name field is required.'],
    [{ legal_business_name: 'Abc' }, 'The legal business name must be between 4 and 200 characters.'],
    [{ business_type: undefined }, 'The business_type field is required.'],
    [{ business_type: 'circus' }, 'The selected business type is invalid.'],
    [{ contact_name: undefined }, 'The contact_name field is required.'],
    [{ reference_id: 'ab' }, 'The reference id must be between 3 and 20 characters.'],
    [{ legal_info: { pan: 'ABCPE1234F5' } }, 'The pan format is invalid.'],
    [{ colour: 'red' }, 'colour is/are not required and should not be sent'],
  ])('refuse %j', async (more, description) => {
    expect(await rejection(create(more))).toMatchObject({ statusCode: 400, error: { description } });
  });

  it('have exactly one stakeholder', async () => {
    const { sdk } = scene();
    const account = String((await create()).id);
    expect(await sdk.razorpay.stakeholders.all(account)).toMatchObject({ count: 0, items: [] });
    const person = { name: 'Meera Iyer', email: 'meera@tutors.test', phone: {}, kyc: { pan: 'AVOPB1111K' } };
    const first = await sdk.razorpay.stakeholders.create(account, person);
    expect(first).toMatchObject({ entity: 'stakeholder', name: 'Meera Iyer', kyc: { pan: 'AVOPB1111K' }, notes: [] });
    expect(await rejection(sdk.razorpay.stakeholders.create(account, person))).toMatchObject({ statusCode: 400 });
    await sdk.razorpay.stakeholders.edit(account, first.id, { name: 'Meera S. Iyer' });
    expect(await sdk.razorpay.stakeholders.fetch(account, first.id)).toMatchObject({ name: 'Meera S. Iyer' });
    expect(await sdk.razorpay.stakeholders.all(account)).toMatchObject({ count: 1, items: [{ id: first.id }] });
  });

  it('want a stakeholder, the terms and the bank before they are reviewed', async () => {
    const { sdk } = scene();
    const account = String((await create()).id);
    const product = await sdk.razorpay.products.requestProductConfiguration(account, { product_name: 'route' });
    const names = (shown: unknown) => {
      const list = field(shown, 'requirements');
      return Array.isArray(list) ? list.map((one) => field(one, 'field_reference')) : [];
    };
    expect(product).toMatchObject({
      product_name: 'route',
      account_id: account,
      activation_status: 'needs_clarification',
      tnc: { accepted: false },
    });
    expect(names(product)).toEqual([
      'name',
      'tnc_accepted',
      'settlements.account_number',
      'settlements.ifsc_code',
      'settlements.beneficiary_name',
    ]);
    const again = await sdk.razorpay.products.requestProductConfiguration(account, {
      product_name: 'route',
      tnc_accepted: true,
    });
    expect(again.id).toBe(product.id);
    const configured = await configure({ account, product: product.id });
    expect(configured).toMatchObject({ activation_status: 'needs_clarification' });
    expect(names(configured)).toEqual(['name']);
    expect(await sdk.razorpay.products.fetchTnc('route')).toMatchObject({ entity: 'tnc_map', product_name: 'route' });
  });

  it('are reviewed, activated a moment later, and paid once they have cooled for 24 hours', async () => {
    const { passDays, sandbox } = scene();
    const receiver = await startReceiver();
    await sandbox.control('webhook-url', { url: receiver.url });
    const begun1 = await begun();
    expect((await rejection(transferTo(begun1.account))).error.description).toContain('not activated');
    expect(await configure(begun1)).toMatchObject({
      activation_status: 'under_review',
      requirements: [],
      active_configuration: { settlements: BANK },
    });
    await status(begun1, 'activated');
    const told = (event: string) =>
      receiver.received.filter((one) => one.event === event && one.body.includes(begun1.account));
    await receiver.until(() => told('product.route.activated').length === 1);
    expect(JSON.parse(told('product.route.activated')[0]?.body ?? '')).toMatchObject({
      account_id: begun1.account,
      contains: ['merchant_product'],
      payload: {
        merchant_product: {
          entity: { id: begun1.product, merchant_id: begun1.account, activation_status: 'activated' },
          data: { requirements: [] },
        },
      },
    });
    expect(told('product.route.under_review')).toHaveLength(1);
    await receiver.close();

    expect((await rejection(transferTo(begun1.account))).error.description).toContain('cooling period');
    await passDays(25 / 24);
    expect(await transferTo(begun1.account)).toMatchObject({ recipient: begun1.account });
  });

  it.each([
    [{ beneficiary_name: 'Clarify Iyer' }, 'settlements.beneficiary_name'],
    [{ ifsc_code: 'ZZZZ0000001' }, 'settlements.ifsc_code'],
  ])('need clarification for %j, and are activated once it is given', async (bank, reference) => {
    const both = await begun();
    await configure(both, bank);
    const doubted = await status(both, 'needs_clarification');
    expect(doubted.requirements).toMatchObject([{ field_reference: reference, status: 'required' }]);
    await configure(both);
    expect((await status(both, 'activated')).requirements).toEqual([]);
  });

  it('stay under review as long as nobody decides, and cannot be changed meanwhile', async () => {
    const { sandbox } = scene();
    const both = await begun();
    await configure(both, { beneficiary_name: 'Review Iyer' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await status(both, 'under_review');
    expect((await rejection(configure(both))).error.description).toContain('locked for editing');
    expect(await configure(both, { beneficiary_name: 'Review Iyer' })).toMatchObject({
      activation_status: 'under_review',
    });
    await sandbox.control(`accounts/${both.account}/activate`, {});
    await status(both, 'activated');
  });

  it('change their bank without a pause when it is believed, and are stopped when it is not', async () => {
    const { passDays } = scene();
    const both = await begun();
    await configure(both);
    await status(both, 'activated');
    await passDays(2);
    expect(await configure(both, { account_number: '9999999999' })).toMatchObject({ activation_status: 'activated' });
    await configure(both, { beneficiary_name: 'Clarify Iyer' });
    await status(both, 'needs_clarification');
    expect((await rejection(transferTo(both.account))).error.description).toContain('not activated');
  });

  it('are not paid while suspended, and are again afterwards', async () => {
    const { makeAccount, sandbox } = scene();
    const account = await makeAccount('suspended@tutors.test');
    expect(await transferTo(account)).toMatchObject({ recipient: account });
    await sandbox.control(`accounts/${account}/suspend`, {});
    expect((await rejection(transferTo(account))).error.description).toContain('suspended');
    await sandbox.control(`accounts/${account}/activate`, {});
    expect(await transferTo(account)).toMatchObject({ recipient: account });
  });
});
