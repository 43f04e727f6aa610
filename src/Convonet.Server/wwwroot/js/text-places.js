/**
 * Where the texts that are shown stand in the text that they were made of, as markup is not shown: the position of each, in order. What is not found stands at
 * the end of the one before.
 * @param {string[]} shown @param {string} source @returns {number[]}
 */
export function placesOf(shown, source) {
  let from = 0;
  return shown.map(text => {
    const [line] = text.split('\n', 1); // further lines of a list item are shown without their indentation
    const found = source.indexOf(line, from);
    const place = found < 0 ? from : found;
    from = Math.min(source.length, place + text.length);
    return place;
  });
}

/**
 * How many characters of each shown text come before a position of the source.
 * @param {string[]} shown @param {string} source @param {number} position @returns {number[]}
 */
export function shownBefore(shown, source, position) {
  return placesOf(shown, source).map((place, index) => Math.max(0, Math.min(shown[index].length, position - place)));
}
