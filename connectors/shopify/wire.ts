export { parseLossless } from '../lossless';

/** `{ "order": … }` wrappers of the REST API come off. */
export function unwrapOrder(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const record = body as Record<string, unknown>;
  return typeof record['order'] === 'object' && record['order'] !== null && record['line_items'] === undefined ? record['order'] : body;
}
