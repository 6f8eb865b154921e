import { parseMapping, type MappingDocument } from '../document/document';
import genericOrder from './generic-order-to-sales-order.json';
import shopifyOrder from './shopify-order-to-sales-order.json';

const files: unknown[] = [shopifyOrder, genericOrder];
let read: Map<string, MappingDocument> | undefined;

/** The documents that ship, by name. They are checked when first read: a mistake in one of them is a mistake of the build. */
export function shippedMappings(): ReadonlyMap<string, MappingDocument> {
  read ??= new Map(files.map((json) => {
    const parsed = parseMapping(json);
    if (!parsed.ok) throw new Error(parsed.failure.message);
    return [parsed.value.name, parsed.value];
  }));
  return read;
}

/** One of them; a name that does not ship is a mistake of the caller. */
export function shippedMapping(name: string): MappingDocument {
  const document = shippedMappings().get(name);
  if (!document) throw new Error(`No mapping document "${name}" ships.`);
  return document;
}
