import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseText } from '../../src/Convonet.Server/wwwroot/js/text-format.js';

const plain = text => ({ type: 'text', text });
const paragraph = (...inlines) => ({ type: 'paragraph', inlines });
const firstLine = text => parseText(text)[0].inlines;

test('parseText: paragraphs are parted by blank lines, line breaks stay', () => {
  assert.deepEqual(parseText('One\nTwo\n\n\nThree'), [paragraph(plain('One\nTwo')), paragraph(plain('Three'))]);
  assert.deepEqual(parseText('One\r\nTwo'), [paragraph(plain('One\nTwo'))]);
  assert.deepEqual(parseText(''), []);
});

test('parseText: bold, code and links', () => {
  assert.deepEqual(firstLine('a **b** `c<d>` [e](https://f.example/g)'), [
    plain('a '), { type: 'bold', text: 'b' }, plain(' '), { type: 'code', text: 'c<d>' }, plain(' '),
    { type: 'link', text: 'e', href: 'https://f.example/g' },
  ]);
  assert.deepEqual(firstLine('See https://example.org/a(b).'), [plain('See '), { type: 'link', text: 'https://example.org/a(b', href: 'https://example.org/a(b' }, plain(').')]);
});

test('parseText: lists with their numbers, depth and continuation lines', () => {
  const [list] = parseText('- one\n  more\n  - two\n3. three');

  assert.deepEqual(list.items.map(({ depth, marker, inlines }) => [depth, marker, inlines[0].text]), [[0, null, 'one\nmore'], [1, null, 'two'], [0, '3', 'three']]);
});

test('parseText: headings and fenced code, also while the fence is still open', () => {
  assert.deepEqual(parseText('## Plan\ntext'), [{ type: 'heading', inlines: [plain('Plan')] }, paragraph(plain('text'))]);
  assert.deepEqual(parseText('```js\nlet x = "**";\n\n- y\n```\nafter'), [{ type: 'code', text: 'let x = "**";\n\n- y' }, paragraph(plain('after'))]);
  assert.deepEqual(parseText('```\nlet', { growing: true }), [{ type: 'code', text: 'let' }]);
});

test('parseText: what only looks like markup stays text', () => {
  for (const text of ['2 * 3 ** 4', 'a ** b ** c', '**open', 'snake_case_name', '[no](link)', '-5 degrees', '#hash', '1.5 litres', '`', '****']) {
    assert.deepEqual(parseText(text), [paragraph(plain(text))], text);
  }
});

test('parseText: only addresses of the web become links', () => {
  for (const target of ['javascript:alert(1)', 'JAVASCRIPT:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', '//evil.example', '/path', 'java\tscript:alert(1)', 'http://']) {
    assert.deepEqual(links(parseText(`[x](${target})`)), [], target);
  }
});

test('parseText: open bold text is shown as bold only while the text grows', () => {
  assert.deepEqual(parseText('so **very', { growing: true }), [paragraph(plain('so '), { type: 'bold', text: 'very' })]);
  assert.deepEqual(parseText('so **', { growing: true }), [paragraph(plain('so '))]);
  assert.deepEqual(parseText('so **very'), [paragraph(plain('so **very'))]);
  assert.deepEqual(parseText('so **very\n\nnext', { growing: true })[0], paragraph(plain('so **very')));
});

test('parseText: HTML stays text, wherever the chunks of the stream are cut', () => {
  const text = 'Hi <img src=x onerror=alert(1)> **<b>** `<i>` [<u>](https://a.example/"><script>) <a href="javascript:x">';

  for (let cut = 0; cut <= text.length; cut += 1) {
    const growing = parseText(text.slice(0, cut), { growing: true });
    const ended = parseText(text.slice(0, cut));
    for (const node of inlines([...growing, ...ended])) {
      assert.ok(['text', 'bold', 'code', 'link'].includes(node.type));
      assert.ok(Object.values(node).every(value => typeof value === 'string'));
    }
    assert.ok(links(growing).every(({ href }) => /^https:\/\/a\.example\/[^"<>]*$/.test(href)), 'an address is no link before it is whole');
    assert.ok(links(ended).every(({ href }) => /^https:\/\/[^"<>]*$/.test(href)));
  }
  assert.ok(inlines(parseText(text)).some(node => node.type === 'text' && node.text.includes('<img src=x onerror=alert(1)>')));
});

test('parseText: no word is lost, whatever the text', () => {
  let seed = 7;
  const random = most => (seed = (seed * 48271) % 2147483647) % most;
  const pieces = ['**', '`', '```', '\n', '\n\n', '- ', '1. ', '# ', '[', '](', ')', 'https://a.example', ' ', 'word', '<b>', '*', '  '];

  for (let round = 0; round < 2000; round += 1) {
    const text = Array.from({ length: random(14) }, () => pieces[random(pieces.length)] + `w${random(9)}`).join('');
    const shown = JSON.stringify(parseText(text, { growing: round % 2 === 0 }));
    const fenced = text.includes('```'); // the word beside an opening fence names the language and is not shown
    for (const word of text.match(/w\d/g) ?? []) assert.ok(fenced || shown.includes(word), `${JSON.stringify(text)} lost ${word}`);
  }
});

test('parseText: an opener that nothing closes is read as far as the next one, which may be closed', () => {
  const link = { type: 'link', text: 'b', href: 'https://c.example/' };

  assert.deepEqual(firstLine('**a **b**'), [plain('**a '), { type: 'bold', text: 'b' }]);
  assert.deepEqual(firstLine('[a [b](https://c.example)'), [plain('[a '), link]);
  assert.deepEqual(firstLine('[a](x[b](https://c.example)'), [plain('[a](x'), link]);
  assert.deepEqual(firstLine('***a*** **b*c**'), [{ type: 'bold', text: '*a' }, plain('* '), { type: 'bold', text: 'b*c' }]);
});

// So long that work which grows with its square takes many seconds, and work which grows with the text next to nothing: no clock is slow enough to confuse them.
for (const run of ['**a ', '**a', '* ', '[', '[a', '[a](', '[a](x', '](', '`', '`a\n', '- ', 'https://a.example/..x', '..']) {
  test(`parseText: a very long run of ${JSON.stringify(run)} takes no time to speak of`, () => {
    const text = `https://a.example/${run.repeat(300_000 / run.length)}x`;
    const began = performance.now();

    parseText(text, { growing: true });
    parseText(text.slice(18));

    assert.ok(performance.now() - began < 2000);
  });
}

function inlines(blocks) {
  return blocks.flatMap(block => block.inlines ?? block.items?.flatMap(item => item.inlines) ?? []);
}

function links(blocks) {
  return inlines(blocks).filter(({ type }) => type === 'link');
}
