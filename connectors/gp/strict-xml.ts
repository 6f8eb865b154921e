import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { characterFault, shapeFault } from './xml-shape';

/** What `parseXml` gives: attributes begin with `@`, text beside attributes is `#text`, prefixes are gone. */
export type XmlNode = { [name: string]: XmlValue };
export type XmlValue = string | XmlNode | XmlValue[];

export class XmlError extends Error {}

/** No reply we ask for is larger; more is refused before it is parsed. */
export const replyBytesMax = 10 * 1024 * 1024;

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{1,8})?;?/gi, (whole, name: string | undefined) => {
    if (name === undefined || !whole.endsWith(';')) throw new XmlError('a bare & in the text');
    const known = named[name];
    if (known !== undefined) return known;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : name.startsWith('#') ? Number(name.slice(1)) : Number.NaN;
    if (Number.isNaN(code) || code > 0x10ffff) throw new XmlError(`the entity &${name}; is not defined`);
    const char = String.fromCodePoint(code);
    const fault = characterFault(char);
    if (fault !== undefined) throw new XmlError(fault);
    return char;
  });
}

/** Text longer than this is handed past the parser, which gathers text letter by letter: a page of records, escaped inside its envelope, is a megabyte. */
const longText = />([^<>]{4096,})</g;
/** A private letter around the place of a text that was handed past; a reply that holds it itself is parsed as it is. */
const mark = '\uE000';
let past: string[] = [];

/** The document without its long texts, which `past` holds. A comment, CDATA or declaration may hold anything, so a document with one is left whole. */
function lift(text: string): string {
  past = [];
  return text.includes(mark) || text.includes('<!') ? text : text.replace(longText, (_whole, long: string) => `>${mark}${past.push(long) - 1}${mark}<`);
}
const put = (value: string): string => decode(value.startsWith(mark) && value.endsWith(mark) && past.length > 0 ? past[Number(value.slice(1, -1))] ?? '' : value);

const parser = new XMLParser({
  ignoreAttributes: false, attributeNamePrefix: '@', parseTagValue: false, parseAttributeValue: false, trimValues: false, processEntities: false,
  maxNestedTags: 64, removeNSPrefix: true, ignoreDeclaration: true, ignorePiTags: true, cdataPropName: '#cdata',
  tagValueProcessor: (_name, value) => put(value), attributeValueProcessor: (_name, value) => decode(value),
});

function parsed(text: string): XmlNode {
  try { return parser.parse(text) as XmlNode; } catch (error) { throw error instanceof XmlError ? error : new XmlError(error instanceof Error ? error.message : 'not XML'); }
}

/**
 * Parses one XML document strictly: well formed, one root of this name, of bounded shape, no DOCTYPE, no entities but the five of XML and numbers.
 * Throws XmlError.
 */
export function parseXml(text: string, root: string): XmlNode {
  if (text.length > replyBytesMax) throw new XmlError(`longer than ${replyBytesMax} bytes`);
  const fault = shapeFault(text);
  if (fault !== undefined) throw new XmlError(fault);
  if (!text.startsWith('<') || !text.endsWith('>')) throw new XmlError('text outside the root');
  const short = lift(text);
  const valid = XMLValidator.validate(short);
  if (valid !== true) throw new XmlError(valid.err.msg);
  const tree = parsed(short);
  past = [];
  const names = Object.keys(tree).filter((name) => name !== '#text');
  if (names.length !== 1 || names[0] !== root) throw new XmlError(`the root <${names.join('>, <').slice(0, 60)}> instead of one <${root}>`);
  if (typeof tree['#text'] === 'string' && tree['#text'].trim() !== '') throw new XmlError('text outside the root');
  return asNode(tree[root]);
}

/** The element as a node; an empty or text-only element has no children. */
export const asNode = (value: XmlValue | undefined): XmlNode => (value !== undefined && typeof value === 'object' && !Array.isArray(value) ? value : {});
/** All elements of this name: none, one or many. */
export const all = (value: XmlValue | undefined): XmlValue[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
export const nodes = (value: XmlValue | undefined): XmlNode[] => all(value).map(asNode);

/** Text of an element, CDATA included; empty when there is none. */
export function textOf(value: XmlValue | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).join('');
  return textOf(value['#text']) + textOf(value['#cdata']);
}

/** First element anywhere below, of this name. */
export function find(value: XmlValue | undefined, name: string): XmlValue | undefined {
  for (const node of nodes(value)) {
    if (node[name] !== undefined) return node[name];
    for (const child of Object.values(node)) {
      const found = typeof child === 'object' ? find(child, name) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
