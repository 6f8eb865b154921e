/** Minor units as decimal strings; plain BigInt, because the workflow bundle carries no decimal library. */
export type Open = { id: string; minor: string };
export type Allocation = { paymentId: string; invoice: string; minor: string };

/**
 * Which payment settles which invoice, oldest first: invoices and payments in the order given, each filled before the next. The answer for the
 * first n invoices never changes when later ones arrive, so what is already recorded stays right. Never more than an invoice holds.
 */
export function allocatePayments(invoices: readonly Open[], payments: readonly Open[]): Allocation[] {
  const left = payments.map((p) => ({ ...p, open: BigInt(p.minor) }));
  const allocations: Allocation[] = [];
  for (const invoice of invoices) {
    let open = BigInt(invoice.minor);
    for (const payment of left) {
      if (open <= 0n) break;
      const part = payment.open < open ? payment.open : open;
      if (part <= 0n) continue;
      payment.open -= part;
      open -= part;
      allocations.push({ paymentId: payment.id, invoice: invoice.id, minor: part.toString() });
    }
  }
  return allocations;
}

/** `"39800"`, 2 → `"398.00"`: for stories only; money is compared in minor units. */
export function minorText(minor: string, exponent: number): string {
  const negative = minor.startsWith('-');
  const digits = (negative ? minor.slice(1) : minor).padStart(exponent + 1, '0');
  const text = exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
  return negative ? `-${text}` : text;
}
