import { html, icon, Icons, setText } from './elements.js';
import { choice, onSend } from './fields.js';
import { Freshness, KeyedList } from './keyed-list.js';
import { capital } from './words.js';

/** @import { UserActions } from '../actions.js' */
/** @import { Member, Role, Team } from '../things.js' */
/** @import { Things } from '../things-state.js' */
/** @typedef {{ now: number, changedAt: Record<string, number>, members: Record<string, Member[]>, me: string }} Context */

const Roles = ['owner', 'admin', 'member', 'viewer'];
const roleOptions = Roles.map(value => ({ value, label: capital(value) }));

/** The user's teams: a field to make one, and each with its people. Who may do what is the server's to say; what it would refuse anyway is not offered. */
export class TeamTab {
  #list;
  #empty;

  /** @param {HTMLElement} root @param {UserActions} actions */
  constructor(root, actions) {
    this.#empty = /** @type {HTMLElement} */ (root.querySelector('.empty'));
    this.#list = new KeyedList(/** @type {HTMLElement} */ (root.querySelector('.rows')), (/** @type {Team} */ { id }) => id, () => new TeamRow(actions));
    onSend(/** @type {HTMLFormElement} */ (root.querySelector('form')), ({ name }) => name === '' ? Promise.resolve(false) : actions.addTeam(name));
  }

  /** @param {Things} things @param {number} now @param {string} me the user's id */
  update({ teams, members, changedAt }, now, me) {
    this.#list.update(teams ?? [], { now, changedAt, members, me });
    this.#empty.hidden = teams === undefined || teams.length > 0;
  }
}

/** A team: its name, the user's part in it, and, when it is pressed, its people. */
class TeamRow {
  #title = html('span', { class: 'row-title' });
  #about = html('span', { class: 'row-about' });
  #open = html('button', { type: 'button', class: 'row-open', 'aria-expanded': 'false' }, this.#title, this.#about);
  #people = html('ul', { class: 'people', role: 'list' });
  #add = html('form', { class: 'add-member' },
    html('input', { type: 'email', name: 'email', required: true, placeholder: 'E-mail address', 'aria-label': 'E-mail address of a new member', autocomplete: 'off' }),
    choice('role', roleOptions.filter(({ value }) => value !== 'owner'), 'member', 'Role of the new member'),
    html('button', { type: 'submit', class: 'button' }, 'Add'));
  #inside = html('div', { class: 'team-inside', hidden: true }, this.#people, this.#add);
  element = html('li', { class: 'row' }, this.#open, this.#inside);
  #list;
  #freshness = new Freshness(this.element);
  /** @type {Team | null} */
  #team = null;

  /** @param {UserActions} actions */
  constructor(actions) {
    const id = () => /** @type {Team} */ (this.#team).id;
    this.#list = new KeyedList(this.#people, (/** @type {Member} */ { user_id }) => user_id, () => new MemberRow(id, actions));
    this.#open.addEventListener('click', () => {
      this.#inside.hidden = !this.#inside.hidden;
      this.#open.setAttribute('aria-expanded', String(!this.#inside.hidden));
      if (!this.#inside.hidden) actions.lookAtTeam(id());
    });
    onSend(this.#add, ({ email, role }) => actions.addMember(id(), email, /** @type {Role} */ (role)));
  }

  /** @param {Team} team @param {Context} context */
  update(team, { now, changedAt, members, me }) {
    this.#team = team;
    this.#freshness.update(changedAt[team.id], now);
    setText(this.#title, team.name);
    setText(this.#about, `${capital(team.role)} · ${team.members === 1 ? '1 member' : `${team.members} members`}`);
    const leads = team.role === 'owner' || team.role === 'admin';
    this.#add.hidden = !leads;
    this.#list.update(members[team.id] ?? [], { now, changedAt, me, leads });
  }
}

class MemberRow {
  #name = html('span', { class: 'row-title' });
  #email = html('span', { class: 'row-about' });
  #role = html('span', { class: 'member-role' });
  #select = choice('role', roleOptions, 'member');
  #remove = html('button', { type: 'button', class: 'button quiet' });
  element = html('li', { class: 'member' }, html('span', { class: 'member-words' }, this.#name, this.#email), this.#role, this.#select, this.#remove);
  #freshness = new Freshness(this.element);
  /** @type {Member | null} */
  #member = null;
  #me = '';

  /** @param {() => string} team @param {UserActions} actions */
  constructor(team, actions) {
    this.#select.addEventListener('change', async () => {
      const { user_id, role } = /** @type {Member} */ (this.#member);
      if (!await actions.changeRole(team(), user_id, /** @type {Role} */ (this.#select.value))) this.#select.value = role;
    });
    this.#remove.addEventListener('click', () => {
      const { user_id } = /** @type {Member} */ (this.#member);
      if (user_id === this.#me) actions.leaveTeam(team(), user_id);
      else actions.removeMember(team(), user_id);
    });
  }

  /** @param {Member} member @param {{ now: number, changedAt: Record<string, number>, me: string, leads: boolean }} context */
  update(member, { now, changedAt, me, leads }) {
    const isMe = member.user_id === me;
    this.#freshness.update(changedAt[member.user_id], now);
    if (this.#member !== member) this.#select.value = member.role;
    this.#member = member;
    this.#me = me;
    setText(this.#name, isMe ? `${member.name} (you)` : member.name);
    setText(this.#email, member.email ?? '');
    setText(this.#role, capital(member.role));
    this.#role.hidden = leads;
    this.#select.hidden = !leads;
    this.#select.setAttribute('aria-label', `Role of ${member.name}`);
    this.#remove.hidden = !leads && !isMe;
    this.#remove.replaceChildren(...(isMe ? ['Leave'] : [icon(Icons.cross)]));
    this.#remove.classList.toggle('square', !isMe);
    if (isMe) this.#remove.removeAttribute('aria-label');
    else this.#remove.setAttribute('aria-label', `Remove ${member.name}`);
  }
}
