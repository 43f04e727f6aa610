/**
 * Reads an answer's light markup (paragraphs, lists, headings, code, bold, links) into plain data. It is pure and total: any text is valid, what is no markup
 * stays text, and nothing of the text is ever read as HTML.
 */

/** @typedef {{ type: 'text' | 'bold' | 'code', text: string } | { type: 'link', text: string, href: string }} Inline */
/** @typedef {{ type: 'item', depth: number, marker: string | null, inlines: Inline[] }} Item */
/** @typedef {{ type: 'paragraph' | 'heading', inlines: Inline[] } | { type: 'list', items: Item[] } | { type: 'code', text: string }} Block */

const Fence = /^\s*```/;
const Heading = /^#{1,4} +/;
const ListItem = /^( *)(?:[-*•]|(\d{1,3})[.)]) +/;
// Each opener is read only as far as the next of its kind, and each run from its beginning alone. So the time grows with the text, not with its square.
const InlineMarkup = /`([^`\n]+)`|\*\*(?=\S)((?:[^*\n]|\*(?!\*))+)(?<=\S)\*\*|\[([^[\]\n]+)\]\(((?:(?!\]\()[^\s)])+)\)|(https?:\/\/[^\s<>"'`]+)/g;
const SentenceEnd = /(?<![.,;:!?)\]*])[.,;:!?)\]*]+$/;

/**
 * @param {string} text
 * @param {{ growing?: boolean }} [options] growing: more is to come, so bold text that is still open is shown as bold already, and an address at the end is no link yet
 * @returns {Block[]}
 */
export function parseText(text, { growing = false } = {}) {
  /** @type {Block[]} */
  const blocks = [];
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  for (let index = 0; index < lines.length;) {
    const end = blockEnd(lines, index);
    const open = growing && end === lines.length;
    const block = readBlock(lines.slice(index, end), open);
    if (block) blocks.push(block);
    index = end;
  }
  return blocks;
}

/** The index after the block that begins at `start`. @param {string[]} lines @param {number} start */
function blockEnd(lines, start) {
  const kind = lineKind(lines[start]);
  if (kind === 'fence') {
    const close = lines.findIndex((line, index) => index > start && Fence.test(line));
    return close < 0 ? lines.length : close + 1;
  }
  let end = start + 1;
  if (kind === 'heading') return end;
  while (end < lines.length && (lineKind(lines[end]) === kind || (kind === 'item' && isContinuation(lines[end])))) end += 1;
  return end;
}

/** @param {string} line */
function lineKind(line) {
  if (Fence.test(line)) return 'fence';
  if (Heading.test(line)) return 'heading';
  if (ListItem.test(line)) return 'item';
  return line.trim() === '' ? 'blank' : 'text';
}

/** An indented line under a list item belongs to it. @param {string} line */
function isContinuation(line) {
  return lineKind(line) === 'text' && /^\s{2,}/.test(line);
}

/** @param {string[]} lines @param {boolean} open @returns {Block | null} */
function readBlock(lines, open) {
  switch (lineKind(lines[0])) {
    case 'blank': return null;
    case 'fence': return { type: 'code', text: lines.slice(1, lines.length > 1 && Fence.test(lines[lines.length - 1]) ? -1 : undefined).join('\n') };
    case 'heading': return { type: 'heading', inlines: parseInline(lines[0].replace(Heading, ''), open) };
    case 'item': return { type: 'list', items: readItems(lines, open) };
    default: return { type: 'paragraph', inlines: parseInline(lines.join('\n'), open) };
  }
}

/** @param {string[]} lines @param {boolean} open */
function readItems(lines, open) {
  /** @type {{ depth: number, marker: string | null, text: string }[]} */
  const items = [];
  for (const line of lines) {
    const match = ListItem.exec(line);
    const last = items.at(-1);
    if (match) items.push({ depth: Math.min(2, Math.floor(match[1].length / 2)), marker: match[2] ?? null, text: line.slice(match[0].length) });
    else if (last) last.text += '\n' + line.trim();
  }
  return items.map(({ depth, marker, text }, index) =>
    /** @type {Item} */ ({ type: 'item', depth, marker, inlines: parseInline(text, open && index === items.length - 1) }));
}

/** @param {string} text @param {boolean} open @returns {Inline[]} */
function parseInline(text, open) {
  /** @type {Inline[]} */
  const inlines = [];
  let from = 0;
  for (const match of text.matchAll(InlineMarkup)) {
    const inline = readInline(match);
    const cutShort = open && match[5] !== undefined && match.index + match[0].length === text.length; // an address that may still grow
    if (!inline || cutShort) continue;
    if (match.index > from) inlines.push({ type: 'text', text: text.slice(from, match.index) });
    inlines.push(inline.node);
    from = match.index + inline.length;
  }
  return [...inlines, ...readTail(text.slice(from), open)];
}

/** @param {RegExpMatchArray} match @returns {{ node: Inline, length: number } | null} */
function readInline([whole, code, bold, label, target, bare]) {
  if (code !== undefined) return { node: { type: 'code', text: code }, length: whole.length };
  if (bold !== undefined) return { node: { type: 'bold', text: bold }, length: whole.length };
  const address = bare === undefined ? target : bare.replace(SentenceEnd, '');
  const href = webAddress(address);
  if (href === null) return null;
  return { node: { type: 'link', text: label ?? address, href }, length: bare === undefined ? whole.length : address.length };
}

/** @param {string} tail @param {boolean} open @returns {Inline[]} */
function readTail(tail, open) {
  const match = open ? /^([^]*?)\*\*(\S[^]*)?$/.exec(tail) : null;
  const parts = /** @type {Inline[]} */ (match
    ? [{ type: 'text', text: match[1] }, { type: 'bold', text: match[2] ?? '' }]
    : [{ type: 'text', text: tail }]);
  return parts.filter(part => part.text !== '');
}

/** The address, when it is one of the web: `javascript:`, `data:` and the like are no links here. @param {string} text */
function webAddress(text) {
  try {
    const url = new URL(text);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}
