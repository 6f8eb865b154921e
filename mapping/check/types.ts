import { type Field, type FieldType } from '../catalogue/schema';
import { type Conversion, type JsonValue } from '../document/parts';

/** What a type may become without a conversion, because the engine takes it as it is. */
const fits: Record<FieldType, readonly FieldType[]> = {
  text: ['text', 'list'], whole: ['whole', 'decimal', 'money', 'text', 'list'], decimal: ['decimal', 'money', 'text', 'list'], money: ['money', 'decimal', 'list'], boolean: ['boolean', 'list'],
  date: ['date', 'text', 'list'], instant: ['instant', 'text', 'list'], object: ['object', 'list'], list: ['list'], any: ['text', 'whole', 'decimal', 'money', 'boolean', 'date', 'instant', 'object', 'list'],
};
export const mayBecome = (from: FieldType, to: FieldType): boolean => to === 'any' || fits[from].includes(to);

/** What comes out of conversions, where that can be told. */
export function afterConversions(start: FieldType, as: Conversion | readonly Conversion[] | undefined): FieldType {
  const list = as === undefined ? [] : Array.isArray(as) ? (as as Conversion[]) : [as as Conversion];
  return list.reduce<FieldType>((before, conversion): FieldType => {
    switch (conversion.type) {
      case 'trim': case 'upper': case 'lower': case 'digits': case 'letters': case 'text': case 'html': case 'segment': case 'replace': return 'text';
      case 'decimal': case 'round': case 'amount': return 'decimal';
      case 'money': return 'money';
      case 'whole': case 'flag': return 'whole';
      case 'boolean': return 'boolean';
      case 'date': return conversion.to === 'yyyy-MM-dd' ? 'date' : 'text';
      case 'instant': return 'instant';
      case 'list': case 'split': return 'list';
      case 'single': case 'enum': return 'any';
      case 'negate': case 'pattern': return before;
      default: return 'any';
    }
  }, start);
}

/** Why a field cannot hold a value that the document itself writes; undefined when it can. */
export function valueTrouble(field: Field, value: JsonValue): string | undefined {
  if (value === null || field.type === 'any') return undefined;
  if (field.enum && (typeof value === 'string' || typeof value === 'number') && !field.enum.includes(String(value))) return `is not among ${field.enum.slice(0, 8).join(', ')}`;
  switch (field.type) {
    case 'text': return typeof value === 'string' || typeof value === 'number' ? (field.length !== undefined && String(value).length > field.length ? `is longer than ${field.length} characters` : undefined) : 'is no text';
    case 'whole': return /^-?\d{1,15}$/.test(String(value)) && typeof value !== 'boolean' ? undefined : 'is no whole number';
    case 'decimal': case 'money': return /^-?\d{1,15}(\.\d{1,12})?$/.test(String(value)) || typeof value === 'object' ? undefined : 'is no decimal number';
    case 'boolean': return typeof value === 'boolean' ? undefined : 'is neither true nor false';
    case 'date': return /^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? undefined : 'is no date such as 2026-01-31';
    case 'instant': return /^\d{4}-\d{2}-\d{2}T/.test(String(value)) ? undefined : 'is no instant such as 2026-01-31T10:00:00Z';
    case 'object': return typeof value === 'object' && !Array.isArray(value) ? undefined : 'is no object';
    default: return undefined;
  }
}
