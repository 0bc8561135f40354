import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element as it is read: fields for its attributes (`@name`) and children; text alone is a string. */
export type XmlNode = Readonly<Record<string, unknown>>;

const ATTRIBUTE = '@';
const TEXT = '#text';
const LITERAL = '#cdata';
const MANY = new Set(['file', 'url', 'hash', 'pieces']);
const REFERENCE = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi;
const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

// Entities are left alone: the few that XML itself has are read here, and a document that declares more is refused.
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE,
  textNodeName: TEXT,
  cdataPropName: LITERAL,
  processEntities: false,
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  isArray: name => MANY.has(name),
});

/** Reads a document of elements that are few levels deep. Throws an `Error` that says where it is no XML. */
export function parseXml(text: string): XmlNode {
  const verdict = XMLValidator.validate(text);
  if (verdict !== true) throw new Error(`line ${verdict.err.line}: ${verdict.err.msg}`);
  if (/<!DOCTYPE/i.test(text)) throw new Error('a document type is declared');
  return nodeOf(parser.parse(text));
}

/** The children of that name; none when there are none. */
export function childrenOf(node: XmlNode, name: string): readonly XmlNode[] {
  const value = Object.hasOwn(node, name) ? node[name] : [];
  return (Array.isArray(value) ? value : [value]).map(nodeOf);
}

/** Text of the first child of that name, without the spaces around it. */
export function childText(node: XmlNode, name: string): string | undefined {
  const [child] = childrenOf(node, name);
  return child && textOf(child);
}

export function textOf(node: XmlNode): string {
  return (decoded(node[TEXT]) + flat(node[LITERAL])).trim();
}

/** As it is written, spaces included. */
export function attributeOf(node: XmlNode, name: string): string | undefined {
  const key = ATTRIBUTE + name;
  return Object.hasOwn(node, key) ? decoded(node[key]) : undefined;
}

function nodeOf(value: unknown): XmlNode {
  return typeof value === 'object' && value !== null ? (value as XmlNode) : { [TEXT]: value };
}

function decoded(value: unknown): string {
  return flat(value).replace(REFERENCE, (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
    if (name !== undefined) return PREDEFINED[name.toLowerCase()]!;
    const codePoint = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return codePoint <= 0x10_ffff ? String.fromCodePoint(codePoint) : whole;
  });
}

function flat(value: unknown): string {
  if (Array.isArray(value)) return value.map(flat).join('');
  return typeof value === 'string' ? value : '';
}
