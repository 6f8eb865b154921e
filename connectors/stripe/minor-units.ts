import { Decimal } from 'decimal.js';
import { exponentOf, type Money, roundMoney } from '../../canonical/money';

/** Stripe's own minor units: its table differs from ISO 4217 (ISK and UGX travel as if they had two decimals). */
const zeroDecimal = new Set(['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF']);
const threeDecimal = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

export const stripeExponent = (currency: string): number => (zeroDecimal.has(currency) ? 0 : threeDecimal.has(currency) ? 3 : 2);

/** Stripe's integer → canonical money by ISO decimals; an amount the currency cannot hold whole is undefined. */
export function stripeAmount(minor: string, currency: string): Money | undefined {
  const code = currency.toUpperCase();
  if (!/^-?\d{1,15}$/.test(minor) || !/^[A-Z]{3}$/.test(code)) return undefined;
  const value = new Decimal(minor).div(new Decimal(10).pow(stripeExponent(code)));
  return value.decimalPlaces() > exponentOf(code) ? undefined : roundMoney(value, code);
}
