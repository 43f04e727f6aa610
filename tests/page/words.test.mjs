import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmWords } from '../../src/Convonet.Server/wwwroot/js/view/confirm-words.js';
import { argumentSummary, duration, healthText, modelTitle, outcomeText, providerTitle, readable, toolTitle, waitingText } from '../../src/Convonet.Server/wwwroot/js/view/words.js';
import { sample } from './fake/client-bench.mjs';

test('toolTitle: names become words', () => {
  assert.equal(toolTitle('create_todo'), 'Create todo');
  assert.equal(toolTitle('getCalendarEvents'), 'Get calendar events');
  assert.equal(toolTitle('mcp.search-files'), 'Mcp search files');
});

test('providerTitle, modelTitle: who answers, and whether it is the demo', () => {
  const [gemini, claude] = sample('connected').data.providers;

  assert.deepEqual([providerTitle('openai'), providerTitle('my_llama'), providerTitle(null)], ['OpenAI', 'My llama', 'Assistant']);
  assert.equal(modelTitle(gemini), 'offline demo model');
  assert.equal(modelTitle(claude), 'claude-haiku-4-5');
});

test('duration: the unit fits the size', () => {
  assert.deepEqual([0, 38, 99.6, 620, 999, 1840, 59_949, 59_950, 125_000].map(duration),
    ['0 ms', '38 ms', '100 ms', '0.62 s', '1.00 s', '1.8 s', '59.9 s', '1 min 0 s', '2 min 5 s']);
});

test('healthText: how a provider is, on the reader\'s clock', () => {
  const since = '2026-11-26T10:31:05.123+00:00';
  const closed = { state: 'closed', since, probe_at: null, first_content_p90_ms: null };

  assert.equal(healthText(undefined), null);
  assert.equal(healthText(closed), null);
  assert.equal(healthText({ ...closed, first_content_p90_ms: 812 }), '9 of 10 answers begin within 0.81 s');
  assert.equal(healthText({ ...closed, state: 'open', probe_at: '2026-11-26T10:36:05+00:00' }, 'Europe/Zurich'), 'Not answering since 11:31; others answer until 11:36');
  assert.equal(healthText({ ...closed, state: 'half_open', probe_at: '2026-11-26T10:36:05+00:00' }, 'Europe/Zurich'), 'Not answering since 11:31; it is tried again when it is next asked');
});

test('outcomeText: a failure says what the server says, success says nothing', () => {
  const { error } = sample('agent_response.failed').data;

  assert.equal(outcomeText({ outcome: 'failed', error }), error.message);
  assert.equal(outcomeText({ outcome: 'completed' }), null);
  for (const outcome of ['truncated', 'cancelled', 'blocked', 'stalled', 'timed_out']) assert.match(outcomeText({ outcome }), /\.$/);
});

test('outcomeText: what was stopped before it was answered says so', () => {
  assert.deepEqual(['', 'Once'].map(text => outcomeText({ outcome: 'cancelled', text })), ['Stopped before there was an answer.', 'You stopped this answer.']);
});

test('waitingText: why a message is not sent yet, and that it will be', () => {
  const told = ['busy', 'overloaded', 'storage_unavailable'].map(waitingText);

  assert.equal(new Set(told).size, 3);
  for (const words of told) assert.match(words, /by itself/);
});

test('outcomeText: an answer that was interrupted says so, where something of it was not heard', () => {
  const text = 'Hello there. ';
  const words = 'You interrupted here; you did not hear the rest.';

  assert.deepEqual([5, 12, 13].map(heard => outcomeText({ outcome: 'cancelled', heard, text })), [words, null, null]);
  assert.equal(outcomeText({ outcome: 'completed', heard: 0, text }), words);
  assert.match(outcomeText({ outcome: 'failed', heard: 5, text, error: { message: 'It failed.' } }), /failed/);
});

test('argumentSummary, readable: arguments in a line and in full', () => {
  assert.equal(argumentSummary({ title: 'buy milk', tags: ['a'], count: 2, none: null }), 'buy milk · 2');
  assert.equal(argumentSummary({ duration_minutes: 60, waitSeconds: 5, title: '7' }), '60 min · 5 s · 7');
  assert.equal(argumentSummary(undefined), '');
  assert.equal(readable({ a: 1 }), '{\n  "a": 1\n}');
  assert.equal(readable('as it is'), 'as it is');
});

test('a call is told apart by dates that read like dates, and not by ids', () => {
  assert.equal(argumentSummary({ from: '2026-11-23T00:00:00', to: '2026-11-23T23:59:59' }, 'en-GB'), 'Mon 23 Nov');
  assert.equal(argumentSummary({ title: 'lunch', event_from: '2026-11-23T12:00:00', event_to: '2026-11-24T13:30' }, 'en-GB'), 'lunch · Mon 23 Nov, 12:00 · Tue 24 Nov, 13:30');
  assert.equal(argumentSummary({ id: '01a20567-a032-7a4f-9fa6-1eb6ad380776', completed: true }), '');
  assert.equal(argumentSummary({ due_date: '2026-11-23' }, 'en-GB'), 'Mon 23 Nov');
});

test('confirmWords: what would happen, in plain words, with the title that the id stands for', () => {
  const { name, args } = sample('tool_confirmation').data.tool_call;
  const titles = { [args.id]: 'buy milk' };
  const ask = (tool, given) => confirmWords(tool, given, id => titles[id] ?? null);

  assert.deepEqual(ask(name, args), { question: 'Delete the todo “buy milk”?', details: [] });
  assert.equal(ask('delete_calendar_event', { id: 'unknown' }).question, 'Delete this calendar event?');
  assert.deepEqual(ask('update_todo', { id: args.id, due_date: '2026-11-26' }), { question: 'Change the todo “buy milk”?', details: [{ label: 'Due date', value: '2026-11-26' }] });
  assert.equal(ask('remove_team_member', { team_name: 'Ops', email: 'a@b.c' }).question, 'Remove a@b.c from the team “Ops”?');
  assert.equal(ask('change_member_role', { team_name: 'Ops', email: 'a@b.c', new_role: 'admin' }).question, 'Make a@b.c admin of the team “Ops”?');
});

test('confirmWords: of a tool that nobody here knows, everything that it was asked with', () => {
  const { question, details } = confirmWords('mail__send', { to: 'x@y.z', body: 'line\nline', tags: ['a'], none: null }, () => null);

  assert.equal(question, 'Mail send?');
  assert.deepEqual(details, [{ label: 'To', value: 'x@y.z' }, { label: 'Body', value: 'line\nline' }, { label: 'Tags', value: '[\n  "a"\n]' }]);
  assert.equal(confirmWords('delete_everything', 'all of it', () => null).question, 'Delete everything?');
});
