import assert from 'node:assert/strict';
import { test } from 'node:test';
import { speakable, wholeSentences } from '../../src/Convonet.Server/wwwroot/js/speakable.js';
import { parseText } from '../../src/Convonet.Server/wwwroot/js/text-format.js';
import { placesOf, shownBefore } from '../../src/Convonet.Server/wwwroot/js/text-places.js';

/** The texts that the page shows of an answer, in order. */
function shownOf(source) {
  return parseText(source).flatMap(block => block.type === 'code' ? [block.text] : block.type === 'list' ? block.items.flatMap(({ inlines }) => inlines) : block.inlines)
    .map(it => typeof it === 'string' ? it : it.text);
}

test('placesOf: what is shown is found again in what it was made of', () => {
  const source = 'Done: **buy milk** is on [your list](https://a.b/list), and `x = 1`.\n\n# Title\n\n- 09:30 Stand-up\n- 14:00 Dentist\n\n```js\nlet x;\nlet y;\n```\n\nSee https://example.org.';

  const shown = shownOf(source);

  assert.ok(shown.length >= 12);
  placesOf(shown, source).forEach((place, index) => assert.equal(source.slice(place, place + shown[index].length), shown[index]));
});

test('placesOf: the lines of a list item and of another system end where they should', () => {
  const source = '- first line\n  second line\n- next\r\n- last';
  const shown = shownOf(source);

  assert.deepEqual(placesOf(shown, source), [2, 29, 37]);
  assert.deepEqual(placesOf(['is not there'], 'other'), [0]);
});

test('shownBefore: how much of each text lies before a place', () => {
  const source = 'One **two** three';

  assert.deepEqual(shownOf(source), ['One ', 'two', ' three']);
  for (const [position, expected] of [[0, [0, 0, 0]], [2, [2, 0, 0]], [6, [4, 0, 0]], [8, [4, 2, 0]], [11, [4, 3, 0]], [99, [4, 3, 6]]]) {
    assert.deepEqual(shownBefore(shownOf(source), source, position), expected);
  }
});

test('speakable: markup, code and addresses are not read out', () => {
  assert.equal(speakable('## Done: **buy milk** on [your list](https://a.b/c)'), 'Done: buy milk on your list');
  assert.equal(speakable('- see https://a.b/c\n- `x`'), 'see a link x');
  assert.equal(speakable('Use\n```\nlet x;\n```\nthen'), 'Use (code) then');
});

test('wholeSentences: each once, the last only when the text has ended', () => {
  const text = 'It costs $3.50. Really? Yes';

  assert.deepEqual(wholeSentences(text, 0, false).map(({ start, length }) => text.slice(start, start + length)), ['It costs $3.50. ', 'Really? ']);
  assert.deepEqual(wholeSentences(text, 24, false), []);
  assert.deepEqual(wholeSentences(text, 24, true), [{ start: 24, length: 3 }]);
  assert.deepEqual(wholeSentences(text, 27, true), []);
});
