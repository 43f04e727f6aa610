import { parseText } from '../text-format.js';
import { html } from './elements.js';

/** @import { Block, Inline, Item } from '../text-format.js' */

/** Shows text that grows. Blocks that did not change keep their nodes, so that a selection in an earlier paragraph survives the next word. */
export class RichText {
  element = html('div', { class: 'rich-text' });
  #shown = '';
  /** @type {string[]} */
  #blocks = [];

  /** @param {string} text @param {boolean} growing */
  update(text, growing) {
    const version = `${growing}${text}`;
    if (this.#shown === version) return;
    this.#shown = version;
    const blocks = parseText(text, { growing });
    blocks.forEach((block, index) => this.#show(block, index));
    while (this.element.children.length > blocks.length) this.element.lastElementChild?.remove();
    this.#blocks.length = blocks.length;
  }

  /** @param {Block} block @param {number} index */
  #show(block, index) {
    const content = JSON.stringify(block);
    if (this.#blocks[index] === content) return;
    this.#blocks[index] = content;
    const node = blockNode(block);
    const old = this.element.children[index];
    if (old) old.replaceWith(node);
    else this.element.append(node);
  }
}

/** @param {Block} block */
function blockNode(block) {
  switch (block.type) {
    case 'code': return html('pre', { tabindex: 0, 'aria-label': 'Code' }, html('code', {}, block.text));
    case 'list': return html('ul', { role: 'list' }, ...block.items.map(itemNode));
    case 'heading': return html('p', { class: 'heading' }, ...block.inlines.map(inlineNode));
    default: return html('p', {}, ...block.inlines.map(inlineNode));
  }
}

/** @param {Item} item */
function itemNode({ depth, marker, inlines }) {
  return html('li', { class: `depth-${depth}` },
    html('span', { class: 'marker' }, marker === null ? '•' : `${marker}.`), html('span', {}, ...inlines.map(inlineNode)));
}

/** @param {Inline} inline */
function inlineNode(inline) {
  switch (inline.type) {
    case 'bold': return html('strong', {}, inline.text);
    case 'code': return html('code', {}, inline.text);
    case 'link': return html('a', { href: inline.href, rel: 'noopener noreferrer', target: '_blank', title: inline.href }, inline.text);
    default: return document.createTextNode(inline.text);
  }
}
