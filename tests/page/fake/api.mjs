// The HTTP API of the fake server: one user's things in memory, with undo. What changes is told to `tell`, as the real server tells it to the user's connections.
import { randomUUID } from 'node:crypto';

const plus = (days, time = '') => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}${time && `T${time}`}`;
const problem = (status, detail, more = {}) => ({ status, body: { status, detail, ...more } });
const ok = body => ({ status: body === null ? 204 : 200, body });

const Kinds = { todos: 'todo', reminders: 'reminder', 'calendar-events': 'event', teams: 'team' };

export class FakeApi {
  account = { id: 'u_me', name: 'Anna Muster', email: null, user_name: 'owner', time_zone: 'Etc/UTC', has_password: false, has_pin: false, is_local_owner: true, registration_open: true };
  signedIn = true;
  things = {
    todos: [
      this.#todo('Renew the passport', { due_date: plus(-2), priority: 'high' }), this.#todo('Send the report to Sam', { due_date: plus(0, '16:30') }),
      this.#todo('Order soil for the raised beds', { due_date: plus(1), team_id: 't_1', team: 'Garden', assignee_id: 'u_2', assignee: 'Sam Gardener' }),
      this.#todo('Read the chapter on bees'), this.#todo('Water the plants', { completed: true }),
    ],
    reminders: [
      { id: randomUUID(), text: 'call Anna', importance: 'high', remind_at: plus(0, '23:00'), delivered: false },
      { id: randomUUID(), text: 'take the bread out of the oven', importance: 'medium', remind_at: plus(0, '08:10'), delivered: true },
    ],
    'calendar-events': [
      { id: 'e_1', title: 'Stand-up', event_from: plus(0, '09:30'), event_to: plus(0, '09:45'), recurrence: 'FREQ=DAILY', time_zone: 'Etc/UTC' },
      { id: 'e_1', title: 'Stand-up', event_from: plus(1, '09:30'), event_to: plus(1, '09:45'), recurrence: 'FREQ=DAILY', time_zone: 'Etc/UTC' },
      { id: 'e_2', title: 'Lunch with Sam at the place by the river', event_from: plus(1, '12:00'), event_to: plus(1, '13:00'), time_zone: 'Etc/UTC' },
      { id: 'e_3', title: 'Garden fair', event_from: plus(3, '00:00'), event_to: plus(5, '00:00'), time_zone: 'Etc/UTC' },
    ],
    teams: [{ id: 't_1', name: 'Garden', description: '', role: 'owner', members: 2 }],
  };
  members = { t_1: [{ user_id: 'u_me', name: 'Anna Muster', email: 'anna@example.com', role: 'owner' }, { user_id: 'u_2', name: 'Sam Gardener', email: 'sam@example.com', role: 'member' }] };
  changes = [];
  conversations = Array.from({ length: 55 }, (_, index) => ({ id: `c_old_${index}`, title: `An earlier talk, number ${index + 1}`, created_at: plus(-index - 1, '09:00:00Z'), used_at: plus(-index - 1, '10:00:00Z'), turns: 1 }));
  mcp = [
    { name: 'files', status: 'up', tools: ['files__read', 'files__list'], why: null, next_try: null, change: null },
    { name: 'mail', status: 'changed', tools: [], why: 'Its tools are not the ones that were agreed to.', next_try: null, change: { hash: 'h', added: ['send_all'], removed: [], changed: ['send'] } },
  ];

  /** @param {(frame: object) => void} tell */
  constructor(tell) {
    this.tell = tell;
  }

  /** A todo as a tool adds it. */
  addByTool(title, call_id) {
    this.#write(['todo'], `Added “${title}”.`, () => { this.things.todos.push(this.#todo(title)); }, { tool: 'create_todo', call_id });
  }

  answer(method, path, body, query = {}) {
    const [kind, id, sub, subId] = path.split('/');
    if (kind === 'account') return this.#answerAccount(method, id, body);
    if (!this.signedIn) return problem(401, 'Sign in first.');
    if (kind === 'changes') return method === 'GET' ? ok(this.changes.map(({ undo: _, ...change }) => change)) : this.#undo(id);
    if (kind === 'conversations') return this.#answerConversations(method, id, body, query);
    if (kind === 'usage') return ok(usagePage());
    if (kind === 'calendar-link') return method === 'POST' ? ok({ url: '/api/calendar.ics?key=secret' }) : ok(null);
    if (kind === 'mcp') return method === 'GET' ? ok({ is_owner: true, servers: this.mcp }) : this.#agree(id);
    if (!(kind in Kinds)) return problem(404, 'There is no such address.');
    if (sub === 'members') return this.#answerMembers(method, id, subId, body);
    if (method === 'GET') return ok(this.things[kind]);
    return this.#answerThing(method, kind, id, body ?? {});
  }

  /** A message was accepted: its conversation is the newest, and may have begun with it. */
  said(id, text) {
    const known = this.conversations.find(it => it.id === id);
    const now = new Date().toISOString();
    this.conversations = [{ created_at: now, title: text, id, turns: 0, ...known, used_at: now }, ...this.conversations.filter(it => it !== known)];
    if (!known) this.tell({ event: 'data_changed', data: { kinds: ['conversation'], change: null } });
  }

  #answerConversations(method, id, body, { search = '', before, limit = 50 }) {
    if (method === 'GET') return ok(this.conversations.filter(it => it.title.toLowerCase().includes(search.toLowerCase()) && (!before || it.used_at < before)).slice(0, Number(limit)));
    if (!this.conversations.some(it => it.id === id)) return problem(404, 'There is no conversation with this id.');
    this.conversations = method === 'DELETE' ? this.conversations.filter(it => it.id !== id) : this.conversations.map(it => it.id === id ? { ...it, title: body.title } : it);
    this.tell({ event: 'data_changed', data: { kinds: ['conversation'], change: null } });
    return ok(null);
  }

  #answerThing(method, kind, id, body) {
    const list = this.things[kind];
    const at = list.findIndex(it => it.id === id);
    if (method === 'POST') {
      const made = kind === 'todos' ? this.#todo(body.title, { ...body, team: this.things.teams.find(team => team.id === body.team_id)?.name ?? null })
        : kind === 'teams' ? { id: randomUUID(), description: '', role: 'owner', members: 1, ...body } : { id: randomUUID(), importance: 'medium', delivered: false, ...body };
      this.#write([Kinds[kind]], `Added “${made.title ?? made.text ?? made.name}”.`, () => { this.things[kind] = [...list, made]; });
      if (kind === 'teams') this.members[made.id] = [{ user_id: 'u_me', name: this.account.name, email: 'anna@example.com', role: 'owner' }];
      return ok(made);
    }
    if (at < 0) return problem(404, `There is no ${Kinds[kind]} with this id.`);
    const name = list[at].title ?? list[at].text ?? list[at].name;
    if (method === 'DELETE') this.#write([Kinds[kind]], `Deleted “${name}”.`, () => { this.things[kind] = list.toSpliced(at, 1); });
    else this.#write([Kinds[kind]], `Changed “${name}”.`, () => { this.things[kind] = list.with(at, { ...list[at], ...body }); });
    return ok(method === 'DELETE' ? null : this.things[kind][at]);
  }

  #answerMembers(method, team, user, body) {
    const people = this.members[team];
    if (!people) return problem(404, 'There is no team with this id.');
    if (method === 'GET') return ok(people);
    const owners = people.filter(({ role }) => role === 'owner');
    if (method === 'POST') {
      if (body.email !== 'lea@example.com') return problem(404, `Nobody here has the e-mail address ${body.email}.`);
      people.push({ user_id: 'u_3', name: 'Lea Example', ...body });
    } else if (owners.length === 1 && owners[0].user_id === user) return problem(409, 'A team needs an owner: make somebody else owner first.');
    else if (method === 'DELETE') this.members[team] = people.filter(({ user_id }) => user_id !== user);
    else this.members[team] = people.map(person => person.user_id === user ? { ...person, ...body } : person);
    this.things.teams = this.things.teams.map(it => it.id === team ? { ...it, members: this.members[team].length } : it);
    this.tell({ event: 'data_changed', data: { kinds: ['member', 'team'], change: null } });
    return ok(null);
  }

  #answerAccount(method, what, body) {
    if (what === 'login') {
      if (body.password !== 'correct horse') return problem(401, 'The e-mail address or the password is wrong.');
      [this.signedIn, this.account] = [true, { ...this.account, id: `u_${body.email}`, email: body.email, has_password: true, is_local_owner: false }];
    } else if (what === 'register') [this.signedIn, this.account] = [true, { ...this.account, id: `u_${body.email}`, name: body.name, email: body.email, has_password: true, is_local_owner: false }];
    else if (what === 'logout') this.signedIn = false;
    if (!this.signedIn) return what === 'logout' ? ok(null) : problem(401, 'Nobody is signed in.', { registration_open: true });
    if (method === 'PATCH') Object.assign(this.account, body);
    if (what === 'password') this.account.has_password = true;
    if (what === 'pin') this.account.has_pin = method === 'PUT';
    return ok(this.account);
  }

  #agree(name) {
    this.mcp = this.mcp.map(server => server.name === name ? { ...server, status: 'up', tools: ['mail__send', 'mail__send_all'], why: null, change: null } : server);
    return ok(null);
  }

  #undo(id) {
    const change = this.changes.find(it => it.id === id);
    if (!change || change.undone) return problem(409, 'That was taken back already.');
    Object.assign(change, { undone: true, can_undo: false });
    change.undo();
    this.tell({ event: 'data_changed', data: { kinds: change.kinds, change: { id: randomUUID(), summary: `Took back: ${change.summary}`, tool: null, call_id: null } } });
    return ok(null);
  }

  #write(kinds, summary, write, { tool = null, call_id = null } = {}) {
    const before = structuredClone(this.things);
    write();
    const change = { id: randomUUID(), summary, tool, call_id, made_at: new Date().toISOString(), undone: false, can_undo: true, kinds, undo: () => { this.things = before; } };
    this.changes.unshift(change);
    this.tell({ event: 'data_changed', data: { kinds, change: { id: change.id, summary, tool, call_id } } });
  }

  #todo(title, more = {}) {
    return { id: randomUUID(), title, description: null, priority: 'medium', due_date: null, completed: false, team_id: null, team: null, assignee_id: null, assignee: null, created_at: new Date().toISOString(), ...more };
  }
}

/** What was used, as one page of it. */
function usagePage() {
  const sums = (input_tokens, output_tokens, cost, more = {}) => ({ calls: 12, input_tokens, output_tokens, cached_input_tokens: 0, audio_ms: 0, characters: 0, cost, incomplete: cost === null, ...more });
  return {
    from: '2026-10-28', to: '2026-11-26', currency: 'USD', total: sums(48_210, 1_912, 0.0192, { incomplete: true }), more: false,
    budget: { tokens_today: 4_120, cost_today: 0.0016, tokens: null, cost: 0.5, spent: false },
    entries: [
      { provider: 'claude', model: 'claude-haiku-5-5', kind: 'answer', sums: sums(40_000, 1_500, 0.0047) },
      { provider: 'gemini', model: 'gemini-3.5-flash-lite', kind: 'dropped', sums: sums(8_210, 412, 0.0035) },
      { provider: 'deepgram', model: null, kind: 'listening', sums: sums(0, 0, null, { audio_ms: 61_000 }) },
      { provider: 'flite', model: null, kind: 'speaking', sums: sums(0, 0, 0, { characters: 5_120 }) },
    ],
  };
}
