/** JSONata's words for many values: a path through lists gives one flat sequence; none is `undefined`, one is the value itself. */
export type Json = unknown;

const own = Object.prototype.hasOwnProperty;

/** The property of an object, or of each object of a list, flattened; only the document's own properties, never inherited ones. */
export function lookup(input: Json, key: string): { value: Json; sequence: boolean } {
  if (Array.isArray(input)) {
    const result: Json[] = [];
    for (const one of input) {
      const { value } = lookup(one, key);
      if (value === undefined) continue;
      if (Array.isArray(value)) result.push(...(value as Json[]));
      else result.push(value);
    }
    return { value: result, sequence: true };
  }
  if (input !== null && typeof input === 'object' && own.call(input, key)) return { value: (input as Record<string, Json>)[key], sequence: false };
  return { value: undefined, sequence: false };
}

/** A sequence as a value: nothing, the one, or the list. */
export const collapse = (sequence: Json[]): Json => (sequence.length === 0 ? undefined : sequence.length === 1 ? sequence[0] : sequence);

/** Effective boolean value; `undefined` counts as false. */
export function truthy(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 1 ? truthy(value[0]) : value.some(truthy);
  if (typeof value === 'string') return value.length > 0;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'boolean') return value;
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** Same value, with the same properties in whatever order. */
export function deepEqual(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => deepEqual(x, b[i]));
  if (Array.isArray(a) || Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => own.call(b, k) && deepEqual((a as Record<string, Json>)[k], (b as Record<string, Json>)[k]));
}
