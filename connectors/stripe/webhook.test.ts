import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Stripe from 'stripe';
import { moneyText } from '../../canonical/money';
import { stripeAmount } from './minor-units';
import { readStripeDelivery, verifyStripe } from './webhook';

const event = (object: object, type = 'payment_intent.succeeded'): Buffer => Buffer.from(JSON.stringify({ id: 'evt_1', type, created: 1_760_000_000, livemode: false, data: { object } }));
const intent = { id: 'pi_1', amount: 2000, amount_received: 2000, currency: 'usd', created: 1_760_000_000, latest_charge: 'ch_1', metadata: { order_id: '820982911946154508' } };
const header = (body: Buffer, secret: string, timestamp = Math.floor(Date.now() / 1000)): string => Stripe.webhooks.generateTestHeaderString({ payload: body.toString(), secret, timestamp });

describe('verifyStripe', () => {
  const body = event(intent);
  it('accepts any active secret', () => expect(verifyStripe(body, { 'stripe-signature': header(body, 'b') }, ['a', 'b'])).toEqual({ ok: true, secretIndex: 1 }));
  it('refuses a wrong secret, a changed body, none, and one older than five minutes', () => {
    expect(verifyStripe(body, { 'stripe-signature': header(body, 'x') }, ['a']).ok).toBe(false);
    expect(verifyStripe(Buffer.from(`${body.toString()} `), { 'stripe-signature': header(body, 'a') }, ['a']).ok).toBe(false);
    expect(verifyStripe(body, {}, ['a']).ok).toBe(false);
    expect(verifyStripe(body, { 'stripe-signature': header(body, 'a', Math.floor(Date.now() / 1000) - 301) }, ['a']).ok).toBe(false);
  });
});

describe('readStripeDelivery', () => {
  it('names one movement by its intent, whichever event tells it', () => {
    expect(readStripeDelivery(event(intent))).toMatchObject({ orderId: '820982911946154508', payment: { paymentId: 'pi_1', aliases: ['ch_1'], amount: { minor: '2000', currency: 'USD' } } });
    expect(readStripeDelivery(event({ ...intent, id: 'ch_1', payment_intent: 'pi_1', latest_charge: undefined }, 'charge.succeeded')).payment).toMatchObject({ paymentId: 'pi_1', aliases: ['ch_1'] });
  });
  it('never throws', () => expect(readStripeDelivery(Buffer.from('x')).topic).toBe('unreadable'));
  const folder = resolve(__dirname, '../../../shared/samples/stripe');
  (existsSync(folder) ? it : it.skip).each(['payment_intent.succeeded.json', 'charge.succeeded.json'])('reads the real %s', (file) => {
    expect(readStripeDelivery(readFileSync(resolve(folder, file))).payment?.amount.minor).toMatch(/^\d+$/);
  });
});

describe('stripeAmount', () => {
  it.each([['500', 'jpy', '500'], ['12345', 'bhd', '12.345'], ['1999', 'huf', '19.99'], ['500', 'isk', '5'], ['500', 'ugx', '5'], ['2000', 'usd', '20.00']])('%s %s is %s', (minor, currency, text) => {
    const amount = stripeAmount(minor, currency);
    expect(amount && moneyText(amount)).toBe(text);
  });
  it('keeps no amount that the currency cannot hold', () => expect(stripeAmount('550', 'isk')).toBeUndefined());
});
