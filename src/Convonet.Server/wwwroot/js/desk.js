import { userActions } from './actions.js';
import { AgendaDays } from './agenda.js';
import { Api } from './api.js';
import { keepIn, keptIn } from './kept.js';
import { clockIn, dayOf, isZoneUnsaid, plusDays } from './local-time.js';
import { kindsToRead, tabOf } from './page-state.js';
import { Refresher } from './refresher.js';
import { Session } from './session.js';
import { changesOf } from './tool-changes.js';
import { AccountMenu } from './view/account-menu.js';
import { DueCards } from './view/due-cards.js';
import { byId } from './view/elements.js';
import { bindNotifyButton, notify } from './view/notifications.js';
import { ProfileDialog } from './view/profile-dialog.js';
import { SidePanel } from './view/side-panel.js';
import { SignIn } from './view/sign-in.js';
import { ZoneLine } from './view/zone-line.js';

/** @import { ConvonetClient, DataChanged } from './convonet-client.js' */
/** @import { PageEvent } from './page-events.js' */
/** @import { PageState } from './page-state.js' */
/** @import { Account, Kind } from './things.js' */

const AccountKey = 'convonet.account';
const PanelKey = 'convonet.panel';
const ZoneKey = 'convonet.zone-offered';
const DueKey = 'convonet.due';
const ChangesKey = 'convonet.changes';
const RefusedMs = 10_000;
const SignedInKey = 'convonet.signed-in';

/**
 * All that stands around the conversation: who the user is, their things, what is due. It listens to the client, reads the API, and tells both as events;
 * the state that comes of them it shows.
 */
export class Desk {
  #client;
  #dispatch;
  #api;
  #session;
  #refresher;
  #actions;
  #views;
  #zoneLine;
  #pageNow;
  /** @type {PageState | null} */
  #kept = null;
  #refusedAt = -Infinity;
  /** What was read last was told on this zone's clock. @type {string | undefined} */
  #zone;

  /** @param {ConvonetClient} client @param {(event: PageEvent) => void} dispatch @param {() => PageState} pageNow */
  constructor(client, dispatch, pageNow) {
    this.#client = client;
    this.#dispatch = dispatch;
    this.#pageNow = pageNow;
    this.#api = new Api({ base: document.baseURI, onSignedOut: () => { if (this.#page.session.account) void this.#session.check(); } });
    this.#session = new Session(this.#api, event => { dispatch(event); this.#accountKnown(); });
    this.#refresher = new Refresher(kind => this.#read(kind), (kind, items) => this.#loaded(kind, items), (kind, error) => this.#notLoaded(kind, error));
    const refresh = (/** @type {Kind[]} */ ...kinds) => this.#refresher.refresh(...kinds);
    this.#actions = userActions({ api: this.#api, dispatch, refresh });
    const profile = new ProfileDialog(byId('profile', HTMLDialogElement), this.#session, this.#api);
    this.#views = {
      profile,
      panel: new SidePanel(byId('panel', HTMLElement), byId('panel-button', HTMLButtonElement), [byId('skip', HTMLElement), byId('top', HTMLElement), byId('scroller', HTMLElement), byId('bottom', HTMLElement)], this.#actions, dispatch),
      due: new DueCards(byId('due-cards', HTMLElement), key => dispatch({ event: 'reminder_dismissed', data: { key } })),
      signIn: new SignIn(byId('sign-in', HTMLElement), this.#session, () => dispatch({ event: 'sign_in_wanted', data: { wanted: false } })),
      account: new AccountMenu(byId('account', HTMLElement), {
        onProfile: () => profile.open(),
        onSignIn: () => dispatch({ event: 'sign_in_wanted', data: { wanted: true } }),
        onSignOut: () => void this.#signOut(),
      }),
    };
    this.#zoneLine = new ZoneLine(byId('zone-line', HTMLElement), this.#session);
    bindNotifyButton(byId('notify', HTMLButtonElement));
    this.#listen();
  }

  /** What was kept over a reload. */
  static get kept() {
    const open = keptIn(localStorage, PanelKey) ?? true;
    return { due: keptIn(sessionStorage, DueKey), changes: keptIn(sessionStorage, ChangesKey), panelOpen: open && matchMedia('(min-width: 64rem)').matches };
  }

  /** The server's HTTP API, as this page's user. */
  get api() { return this.#api; }

  /** What the user does with what the assistant did. */
  get actions() { return this.#actions; }

  /** Finds out who the user is, and lets the conversation begin. */
  start() {
    void this.#session.check().then(() => {
      if (this.#page.session.account === undefined) this.#client.connect(); // the server does not say; the connection will
    });
  }

  /** @param {PageState} page @param {number} now */
  update(page, now) {
    const { session, due } = page;
    const signingIn = session.account === null || session.signInWanted;
    document.body.dataset.page = signingIn ? 'sign-in' : 'conversation';
    this.#views.signIn.update({
      shown: signingIn, registrationOpen: session.registrationOpen, canGoBack: Boolean(session.account), unsent: page.conversation.pending.length > 0,
    });
    this.#views.account.update(session.account);
    this.#views.panel.update(page, this.#clock, now);
    this.#views.due.update(due.cards);
    this.#views.profile.update(session.account);
    this.#zoneLine.update(session.account);
  }

  /** Writes down what is to outlive a reload. @param {PageState} page */
  keep(page) {
    const { due, panel, conversation } = this.#kept ?? page;
    this.#kept = page;
    if (page.due !== due) keepIn(sessionStorage, DueKey, page.due);
    if (page.conversation.changes !== conversation.changes) keepIn(sessionStorage, ChangesKey, page.conversation.changes);
    if (page.panel.open !== panel.open && matchMedia('(min-width: 64rem)').matches) keepIn(localStorage, PanelKey, page.panel.open);
  }

  get #page() {
    return this.#pageNow();
  }

  get #clock() {
    return clockIn(this.#page.session.account?.time_zone);
  }

  #listen() {
    this.#client.on('data_changed', data => this.#changed(data));
    this.#client.on('reminder_due', notify);
    this.#client.on('connected', ({ signed_in }) => { if (signed_in === false) this.#strangerAtTheDoor(); });
    this.#client.on('connection', ({ state }) => {
      if (state === 'online') this.#readAll(); // what changed while there was no connection was told to nobody
      if (state === 'waiting' && navigator.onLine) void this.#session.check(); // a server that knows nobody closes the door without a word that a page could read
    });
    this.#listenToTabs();
  }

  /** Another tab may have signed in meanwhile: it says so, and where it could not, the form looks when somebody comes back to it. */
  #listenToTabs() {
    const look = () => { if (this.#page.session.account === null) void this.#session.check(); };
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
    addEventListener('storage', ({ key }) => { if (key === SignedInKey) void this.#session.check(); });
  }

  /** The socket knows nobody. Should the API know somebody all the same, that must not become a race between the two. */
  #strangerAtTheDoor() {
    const again = performance.now() - this.#refusedAt < RefusedMs;
    this.#refusedAt = performance.now();
    setTimeout(() => void this.#session.check(), again ? RefusedMs : 0);
  }

  /** @param {DataChanged} data */
  #changed(data) {
    this.#refresher.refresh(...kindsToRead(data, this.#page.things));
    if (data.change && !data.change.tool && this.#page.changes.lines.length > 0) this.#refresher.refresh('changes'); // another tab may have taken back what is offered here
    const tab = tabOf(data);
    if (data.change?.tool && tab && !this.#views.panel.isInUse) this.#dispatch({ event: 'tab_chosen', data: { tab } });
  }

  #readAll() {
    if (!this.#page.session.account) return;
    this.#refresher.refresh('todos', 'reminders', 'events', 'teams', 'changes', ...Object.keys(this.#page.things.members).map(id => /** @type {Kind} */ (`members/${id}`)));
    if (this.#client.conversation !== null) this.#refresher.refresh(changesOf(this.#client.conversation)); // a card that was not seen live learns from the server what its call changed
  }

  /** @param {Kind} kind */
  #read(kind) {
    const today = dayOf(this.#clock);
    if (kind.startsWith('members/')) return this.#api.get(`api/teams/${kind.slice('members/'.length)}/members`);
    if (kind === 'events') return this.#api.get(`api/calendar-events?from=${today}&to=${plusDays(today, AgendaDays - 1)}`);
    return this.#api.get(kind === 'todos' ? 'api/todos?include_done=true' : `api/${kind}`);
  }

  /** @param {Kind} kind @param {any[]} items */
  #loaded(kind, items) {
    this.#dispatch({ event: 'loaded', data: { kind, items } });
    if (kind === 'teams') this.#refresher.refresh(...items.map(({ id }) => /** @type {Kind} */ (`members/${id}`)).filter(it => !(it.slice(8) in (this.#page.things.members))));
  }

  /** @param {Kind} kind @param {Error} error */
  #notLoaded(kind, error) {
    if (kind.startsWith('changes?')) return; // cards stand without an offer, and nothing of the user's things is missing
    this.#dispatch({ event: 'load_failed', data: { kind, message: error.message } });
  }

  /** What follows from who is signed in. */
  #accountKnown() {
    const account = this.#page.session.account;
    if (account === undefined) return;
    if (account === null) {
      this.#refresher.forget();
      keepIn(localStorage, SignedInKey, null);
      this.#client.close(); // it keeps what was not sent yet, until somebody signs in
      return;
    }
    const last = keptIn(sessionStorage, AccountKey);
    keepIn(sessionStorage, AccountKey, account.id);
    if (keptIn(localStorage, SignedInKey) !== account.id) keepIn(localStorage, SignedInKey, account.id);
    if (last !== null && last !== account.id) this.#changeUser();
    else this.#client.connect();
    if (this.#zone !== undefined && this.#zone !== account.time_zone) this.#readAll();
    this.#zone = account.time_zone;
    this.#adoptZone(account);
  }

  /** What one user said, or has not sent yet, is nothing of another's. */
  #changeUser() {
    this.#refresher.forget();
    this.#dispatch({ event: 'user_left', data: {} });
    this.#client.newConversation();
  }

  async #signOut() {
    await this.#session.signOut();
    this.#client.leave();
    this.#dispatch({ event: 'user_left', data: {} });
  }

  /** A local owner's clock is this machine's: a server that was never told runs on UTC. The first page tells it, also where that is UTC. @param {Account} account */
  #adoptZone(account) {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!isZoneUnsaid(account) || keptIn(localStorage, ZoneKey)) return;
    keepIn(localStorage, ZoneKey, true);
    void this.#session.change({ time_zone: here }).catch(() => { /* the profile offers it again */ });
  }
}
