/** SOPTYPE of an order. */
export const sopOrder = 2;
/** SOPTYPE of a return. */
export const sopReturn = 4;

/** RMDTYPAL and apply type of a sales invoice. */
export const rmInvoice = 1;
/** RMDTYPAL and apply type of a sales return. */
export const rmReturn = 8;
/** RMDTYPAL and apply type of a cash receipt. */
export const rmReceipt = 9;

/** What can pay an invoice: a cash receipt or a return. */
export type CreditType = typeof rmReceipt | typeof rmReturn;

/** Address code of a ship-to address that differs from the bill-to address. */
export const shipToCode = 'SHIPTO';
