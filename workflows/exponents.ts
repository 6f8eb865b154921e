/** ISO 4217 decimals other than two, for stories. */
const exponents: Record<string, number> = { JPY: 0, KRW: 0, CLP: 0, VND: 0, ISK: 0, BHD: 3, KWD: 3, JOD: 3, OMR: 3, TND: 3 };
export const exponentOf = (currency: string): number => exponents[currency] ?? 2;
