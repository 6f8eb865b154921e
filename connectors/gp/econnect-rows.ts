import { type z } from 'zod';
import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { asNode, nodes, parseXml, textOf, type XmlNode, type XmlValue } from './strict-xml';

/** Element of a document type inside `<eConnect>`, and its repeating details. */
export type RowShape<T> = { element: string; details: Record<string, string>; schema: z.ZodType<T> };

/** An answer to a read that is none, with what is wrong with it. */
export function unreadable(why: string): Failure {
  return { code: 'reply-unreadable', system: 'gp', message: `GP's answer to a read cannot be understood: ${why}`, fix: 'It is tried again by itself; when it stays, check the requester document types of this company.' };
}

/** Columns of one record: children without details, and what stands as attributes on the envelope (TABLENAME, keys). */
function record(envelope: XmlNode, row: XmlNode, details: Record<string, string>): Record<string, unknown> {
  const flat = (node: XmlNode): Record<string, string> =>
    Object.fromEntries(Object.entries(node).filter(([name]) => !name.startsWith('#') && details[name] === undefined).map(([name, value]) => [name.replace(/^@/, ''), textOf(value)]));
  const lists = Object.entries(details).map(([element, name]) => [name, nodes(row[element]).map(flat)] as const);
  return { ...flat(Object.fromEntries(Object.entries(envelope).filter(([name]) => name.startsWith('@')))), ...flat(row), ...Object.fromEntries(lists) };
}

/** The records of a GetEntity result; none is an empty list. Failure `reply-unreadable` names the first record that does not parse. */
export function readRows<T>(result: string, shape: RowShape<T>): Outcome<T[]> {
  if (result.trim() === '') return done([]);
  let envelopes: XmlNode[];
  try {
    envelopes = nodes(parseXml(result.trim(), 'root')['eConnect'] as XmlValue | undefined);
  } catch (error) {
    return failed(unreadable(error instanceof Error ? error.message.slice(0, 120) : 'not XML'));
  }
  const rows: T[] = [];
  for (const envelope of envelopes) {
    for (const row of nodes(envelope[shape.element])) {
      const parsed = shape.schema.safeParse(record(envelope, asNode(row), shape.details));
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        return failed(unreadable(`${shape.element}, ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`));
      }
      rows.push(parsed.data);
    }
  }
  return done(rows);
}
