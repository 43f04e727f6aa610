// What the tests share: the emulator's address, one conversation, and its tools.

export const url = process.env.EMULATOR_URL ?? 'http://127.0.0.1:4010';

export const question = 'Add buy milk to my list and tell me what is on my calendar tomorrow';
export const answer = 'Done: "buy milk" is on your list. Tomorrow you have Zoë’s lunch 🍜 at 12:00.';
export const system = 'You help.\nNow: 2026-11-22T21:46+01:00';

/** Cuts the stream into writes of 1 to 3 bytes: inside characters, JSON and line ends. */
export const split = { 'x-emulator-fault': 'split;bytes=3' };

const todo = {
  type: 'object',
  properties: { title: { type: 'string' }, due_date: { type: 'string' } },
  required: ['title'],
};
const events = {
  type: 'object',
  properties: { from: { type: 'string' }, to: { type: 'string' } },
};

export const tools = [
  { name: 'create_todo', description: 'Adds a todo', parameters: todo },
  { name: 'get_calendar_events', description: 'Reads the calendar', parameters: events },
];

/** Runs a call as the product would; the emulator's answer speaks of these results. */
export function run(name) {
  return name === 'create_todo'
    ? { id: '1', title: 'buy milk', completed: false }
    : { events: [{ id: '2', title: 'Zoë’s lunch 🍜', event_from: '2026-11-23T12:00:00' }] };
}

export const expectedCalls = [
  ['create_todo', { title: 'buy milk' }],
  ['get_calendar_events', { from: '2026-11-23T00:00:00', to: '2026-11-23T23:59:59' }],
];
