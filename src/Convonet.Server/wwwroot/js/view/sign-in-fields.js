import { html } from './elements.js';
import { field, onSend } from './fields.js';
import { ProfileSection } from './profile-section.js';

/** @import { Session } from '../session.js' */
/** @import { Account } from '../things.js' */

/** The ways to sign in: e-mail address and password, and a PIN for voice. */
export class SignInFields {
  #session;
  #hasPassword;
  #hasPin;
  #pinForm = html('form', { class: 'profile-form' });
  element;

  /** @param {Account} account @param {Session} session */
  constructor({ email, has_password, has_pin, is_local_owner }, session) {
    this.#session = session;
    this.#hasPassword = has_password;
    this.#hasPin = has_pin;
    this.element = html('div', {}, this.#password(email ?? '', is_local_owner), this.#pin());
  }

  /** @param {string} email @param {boolean} isLocalOwner */
  #password(email, isLocalOwner) {
    const secret = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ complete) => {
      const it = field({ name, label, type: 'password', value: '' });
      it.querySelector('input')?.setAttribute('autocomplete', complete);
      return it;
    };
    const current = this.#hasPassword ? secret('current', 'Password now', 'current-password') : null;
    const form = html('form', { class: 'profile-form' },
      field({ name: 'email', label: 'E-mail address', type: 'email', value: email, required: true }), current,
      secret('next', this.#hasPassword ? 'New password, if you want another' : 'Password, at least 10 characters', 'new-password'),
      html('button', { type: 'submit', class: 'button primary' }, 'Save'));
    const section = new ProfileSection('Signing in', isLocalOwner && html('p', { class: 'profile-about' },
      'This machine’s own account needs no password here. With an address and a password you can sign in from elsewhere, too; but then nobody is signed in here by itself any more: this page, and programs that use the server without a token, have to sign in.'), form);
    onSend(form, async values => {
      await section.attempt(() => this.#save(email, values, isLocalOwner));
      return false;
    });
    return section.element;
  }

  /** @param {string} before @param {Record<string, string>} values @param {boolean} isLocalOwner */
  async #save(before, { email, current, next }, isLocalOwner) {
    if (email !== before) await this.#session.change({ email });
    if (next === '') return 'Saved.';
    const ends = isLocalOwner && !this.#hasPassword;
    await this.#session.setPassword(this.#hasPassword ? current : null, next);
    return ends ? 'Saved. You stay signed in here; from now on everybody signs in with this address and password, on this machine too.' : 'Saved.';
  }

  #pin() {
    const section = new ProfileSection('Voice PIN', html('p', { class: 'profile-about' }, 'Four to six digits, to be recognised by when you talk from a phone. Nobody is ever shown it.'), this.#pinForm);
    const show = () => {
      const digits = field({ name: 'pin', label: this.#hasPin ? 'New PIN' : 'PIN', type: 'password', value: '', required: true });
      for (const [name, value] of Object.entries({ inputmode: 'numeric', pattern: '[0-9]{4,6}', maxlength: '6', title: 'Four to six digits', autocomplete: 'off' })) digits.querySelector('input')?.setAttribute(name, value);
      const remove = section.button('Remove the PIN', 'quiet danger', async () => {
        await this.#session.setPin(null);
        this.#hasPin = false;
        show();
        return 'There is no PIN any more.';
      });
      this.#pinForm.replaceChildren(digits, html('div', { class: 'profile-buttons' }, html('button', { type: 'submit', class: 'button primary' }, this.#hasPin ? 'Change it' : 'Set it'), this.#hasPin ? remove : ''));
    };
    onSend(this.#pinForm, ({ pin }) => section.attempt(async () => {
      await this.#session.setPin(pin);
      this.#hasPin = true;
      show();
      return 'The PIN is set.';
    }));
    show();
    return section.element;
  }
}
