import { ApiError } from './api.js';

/** @import { Api } from './api.js' */
/** @import { PageEvent } from './page-events.js' */

/** Who uses the page, as the server sees it. What comes of it is told as `account_known`. */
export class Session {
  #api;
  #dispatch;
  /** @type {Promise<void> | null} */
  #checking = null;
  /** @type {Promise<unknown> | null} */
  #changing = null;

  /** @param {Api} api @param {(event: PageEvent) => void} dispatch */
  constructor(api, dispatch) {
    this.#api = api;
    this.#dispatch = dispatch;
  }

  /** Asks who is signed in. Where the server does not say, what was known stays. While that is being changed the answer would be of before: a new password ends the connection sooner than its own answer is here. */
  check() {
    this.#checking ??= Promise.resolve(this.#changing).then(() => this.#ask()).finally(() => { this.#checking = null; });
    return this.#checking;
  }

  /** @param {{ email: string, password: string, remember: boolean }} who */
  async signIn(who) {
    await this.#change(this.#api.post('api/account/login', who));
  }

  /** @param {{ name: string, email: string, password: string, time_zone: string }} who */
  async register(who) {
    await this.#change(this.#api.post('api/account/register', who));
  }

  async signOut() {
    await this.#change(this.#api.post('api/account/logout'));
  }

  /** @param {{ name?: string, time_zone?: string, email?: string, answers_anew?: boolean }} changes */
  async change(changes) {
    await this.#change(this.#api.patch('api/account', changes));
  }

  /** @param {string | null} current null where there is none yet @param {string} password */
  async setPassword(current, password) {
    await this.#change(this.#api.post('api/account/password', { current, new: password }));
  }

  /** @param {string | null} pin null takes it away */
  async setPin(pin) {
    await this.#change(pin === null ? this.#api.delete('api/account/pin') : this.#api.put('api/account/pin', { pin }));
  }

  /** @param {Promise<unknown>} sent */
  async #change(sent) {
    const changing = sent.catch(() => {}).finally(() => { if (this.#changing === changing) this.#changing = null; });
    this.#changing = changing;
    await sent;
    await this.#ask();
  }

  async #ask() {
    try {
      const account = await this.#api.get('api/account');
      this.#dispatch({ event: 'account_known', data: { account, registrationOpen: Boolean(account.registration_open) } });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) this.#dispatch({ event: 'account_known', data: { account: null, registrationOpen: Boolean(error.body?.registration_open) } });
    }
  }
}
