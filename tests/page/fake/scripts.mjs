// What the fake assistant does for a sentence: a list of steps, each `[wait in ms, what]`.

const Words = 45;

/** Text in pieces of about a word, some of which end inside a word. */
function say(text, gap = Words) {
  return (text.match(/\s*\S{1,9}/g) ?? []).map(piece => [gap, { text: piece }]);
}

const ask = (id, name, args) => [120, { ask: { id, name, args } }];
const start = (id, name, args, wait = 60) => [wait, { start: { id, name, args } }];
const end = (id, result, wait, outcome = 'ok', more = {}) => [wait, { end: { id, result, outcome, ...more } }];
const status = (message, wait, code = 'waiting') => [wait, { status: { code, message } }];

const Scripts = [
  [/calendar tomorrow/i, () => [
    ask('a', 'create_todo'), start('a', 'create_todo', { title: 'buy milk' }),
    ask('b', 'get_calendar_events'), start('b', 'get_calendar_events', { date: '2026-03-14' }),
    [700, { add: { id: 'a', title: 'buy milk' } }], end('a', { id: '7', title: 'buy milk', done: false }, 0),
    status('Still waiting for the calendar…', 500),
    end('b', [{ at: '09:30', title: 'Stand-up', minutes: 15 }, { at: '14:00', title: 'Dentist', minutes: 45 }], 900),
    ...say('Done: **buy milk** is on your list.\n\nTomorrow you have two things in your calendar:\n\n- 09:30 Stand-up, a quarter of an hour\n- 14:00 Dentist, 45 minutes\n\nThe morning after the stand-up is free, so that would be a good time for the shop.'),
  ]],
  [/delete/i, () => [
    start('a', 'delete_todo', { id: '0b0f4b2e-6a57-8c1e-9d5a-2f6f0c1d7e88' }), [100, { confirm: { id: 'a', name: 'delete_todo', args: { id: '0b0f4b2e-6a57-8c1e-9d5a-2f6f0c1d7e88' } } }], ...say('Very well.'),
  ]],
  [/remind/i, () => [...say('I just did.'), [0, { due: { id: 'r_1', text: 'call Anna about the garden fair', importance: 'high', remind_at: '2026-11-25T17:00:00' } }]]],
  [/story/i, () => [[400, {}], ...say(Array.from({ length: 10 }, (_, i) => `Paragraph ${i + 1}. The river went on past the mill and the two old willows, and nobody in the village could say where its name had come from.`).join('\n\n'), 20)]],
  [/slow tool/i, () => [
    start('a', 'get_calendar_events', { date: '2026-03-14' }), start('b', 'create_reminder', { text: 'call Anna', at: '17:00' }),
    end('b', 'The reminder service said no: 17:00 has passed.', 600, 'error'),
    status('Still waiting for the calendar…', 1200),
    end('a', 'get_calendar_events did not finish within 3 s.', 1200, 'timeout', { limit_ms: 3000 }),
    ...say('I could not reach your calendar in time, and the reminder was refused because 17:00 has passed. Shall I set it for tomorrow?'),
  ]],
  [/fail/i, () => [[500, { fail: { code: 'overloaded', message: 'The assistant is overloaded right now. Please try again in a moment.', retryable: true } }]]],
  [/markup/i, () => say('Here is **bold**, `code` and [a link](https://example.org/a), <img src=x onerror=alert(1)> as text.\n\n1. One\n2. Two\n\n```\nlet x = "<b>";\n```\n\nSee https://example.org.')],
];

export function scriptFor(text) {
  const found = Scripts.find(([pattern]) => pattern.test(text));
  return found ? found[1]() : [[300, {}], ...say(`You said: “${text}”. I am only the page's test server, so that is all I can say about it.`)];
}
