import { shownBefore } from '../text-places.js';
import { html } from './elements.js';

const Unheard = 'You did not hear this: you interrupted before it was spoken.';

/** @type {Highlight | null} */
let highlight = null;

/**
 * Marks the part of an answer that was spoken, or nothing. It is drawn over the text (::highlight in transcript.css), so that words keep their nodes and a
 * selection in them survives; a browser that cannot do that marks nothing. One answer is spoken at a time.
 * @param {HTMLElement | null} parts of the answer @param {string} text of it @param {number} spoken characters
 */
export function markSpoken(parts, text, spoken) {
  if (typeof Highlight !== 'function') return;
  if (highlight === null) CSS.highlights.set('spoken', highlight = new Highlight());
  highlight.clear();
  if (parts === null || spoken === 0) return;
  const nodes = textNodes(parts);
  for (const [index, end] of shownBefore(nodes.map(node => node.data), text, spoken).entries()) {
    if (end > 0) highlight.add(new StaticRange({ startContainer: nodes[index], startOffset: 0, endContainer: nodes[index], endOffset: end }));
  }
}

/** Greys what the user did not hear, for good. @param {HTMLElement} parts of the answer @param {string} text of it @param {number} heard characters */
export function greyUnheard(parts, text, heard) {
  const nodes = textNodes(parts);
  for (const [index, end] of shownBefore(nodes.map(node => node.data), text, heard).entries()) {
    const node = nodes[index];
    if (node.data.slice(end).trim() === '' || node.parentElement?.closest('.unheard')) continue;
    const rest = end === 0 ? node : node.splitText(end);
    const grey = html('span', { class: 'unheard', title: Unheard });
    rest.replaceWith(grey);
    grey.append(rest);
  }
}

/** The text of the answer itself, without what the list markers and tools say. @param {HTMLElement} parts */
function textNodes(parts) {
  /** @type {Text[]} */
  const nodes = [];
  for (const text of parts.querySelectorAll(':scope > .rich-text')) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node instanceof Text && !node.parentElement?.closest('.marker')) nodes.push(node);
    }
  }
  return nodes;
}
