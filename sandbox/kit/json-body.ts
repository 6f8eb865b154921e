import { isLosslessNumber, parse } from 'lossless-json';

/** Bodies are read without losing a digit: ids may exceed 2^53 and amounts have more decimals than a double keeps. */
export type Json = Record<string, unknown>;
export const plain = (value: unknown): string | undefined => (isLosslessNumber(value) ? value.toString() : typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined);
export const record = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value) ? (value as Json) : {});
export const rows = (value: unknown): Json[] => (Array.isArray(value) ? value.map(record) : []);
export function readJson(text: string): unknown { try { return parse(text); } catch { return undefined; } }
