const Markup = [
  [/```[^]*?(?:```|$)/g, ' (code) '],
  [/\[([^[\]\n]+)\]\([^\s)]+\)/g, '$1'],
  [/https?:\/\/\S+/g, 'a link'],
  [/^\s*(?:#{1,4}|[-*•])\s+/gm, ''],
  [/[*`]/g, ''],
];

/** What of a piece of text is to be read aloud: markup is not. @param {string} text */
export function speakable(text) {
  return Markup.reduce((it, [pattern, instead]) => it.replace(pattern, /** @type {string} */ (instead)), text).replace(/\s+/g, ' ').trim();
}

/**
 * The sentences of a text that grows, as ranges of it: those from `from` on that are whole, and all when the text has ended.
 * @param {string} text @param {number} from @param {boolean} ended @returns {{ start: number, length: number }[]}
 */
export function wholeSentences(text, from, ended) {
  const sentences = [...new Intl.Segmenter(undefined, { granularity: 'sentence' }).segment(text.slice(from))]
    .map(({ index, segment }) => ({ start: from + index, length: segment.length }));
  return ended ? sentences : sentences.slice(0, -1);
}
