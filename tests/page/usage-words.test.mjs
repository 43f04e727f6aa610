import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money, usageWords } from '../../src/Convonet.Server/wwwroot/js/view/usage-words.js';

const usage = { input_tokens: 1512, output_tokens: 48, cached_input_tokens: 1024, cost: 0.0001916, currency: 'USD' };

test('an answer says its tokens and what it cost, and all of it when asked', () => {
  assert.deepEqual(usageWords({ ...usage, characters: 30, audio_ms: 1800 }), {
    short: '1,560 tokens · $0.00019',
    long: '1,512 tokens read, 1,024 of them from the provider’s cache; 48 written; 30 characters spoken; 1.8 s of speech written down; $0.00019 by the server’s price table.',
  });
});

test('what it cost is not said where it is not known', () => {
  const { cost, currency, ...rest } = usage;
  assert.equal(usageWords(rest)?.short, '1,560 tokens');
  assert.match(usageWords(rest)?.long ?? '', /what it cost is not known/);
});

test('an answer of the demo model does not look as if it had been paid for', () => {
  assert.deepEqual(usageWords(usage, true), {
    short: '1,560 tokens · demo, no cost',
    long: '1,512 tokens read, 1,024 of them from the provider’s cache; 48 written; the demo model costs nothing.',
  });
  assert.equal(usageWords({ ...usage, characters: 30 }, true)?.short, '1,560 tokens', 'a real engine may have spoken');
});

test('an answer that was given before says so, and nothing used says nothing', () => {
  assert.equal(usageWords({ input_tokens: 0, output_tokens: 0, cost: 0, cached: true })?.short, 'from memory');
  assert.deepEqual(usageWords({ input_tokens: 0, output_tokens: 0, characters: 30, cost: 0.0005, currency: 'USD', cached: true }), {
    short: 'from memory · $0.0005',
    long: 'This answer was given before. Hearing, speaking and what was begun meanwhile: 0 tokens read; 0 written; 30 characters spoken; $0.0005 by the server’s price table.',
  });
  assert.equal(usageWords(undefined), null);
  assert.equal(usageWords({ input_tokens: 0, output_tokens: 0 }), null);
});

test('money has as many figures as say something', () => {
  assert.deepEqual([0, 0.5, 12.3456, 0.012345, 0.00000123].map(cost => money(cost, 'USD')), ['$0.00', '$0.50', '$12.35', '$0.012', '$0.0000012']);
  assert.equal(money(0.1, 'CHF').replace(/\s/g, ' '), 'CHF 0.10');
});
