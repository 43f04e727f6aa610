import { html } from './elements.js';
import { RowEditor } from './fields.js';

/** @import { Child } from './elements.js' */
/** @import { Field } from './fields.js' */
/** @typedef {{ fields: Field[], onSave(values: Record<string, string>): Promise<boolean>, onDelete(): void }} Editing */

/** A row of a list: a title, a line about it, and, when it is pressed, a form to change it. */
export class EditableRow {
  title = html('span', { class: 'row-title' });
  about = html('span', { class: 'row-about' });
  #open = html('button', { type: 'button', class: 'row-open', 'aria-expanded': 'false' }, this.title, this.about);
  element = html('li', { class: 'row' });
  /** @type {RowEditor | null} */
  #editor = null;
  #editing;

  /** @param {() => Editing} editing what the form is to show, now @param {...Child} lead what stands before the title */
  constructor(editing, ...lead) {
    this.#editing = editing;
    this.element.append(...lead.filter(node => node instanceof Node), this.#open);
    this.#open.addEventListener('click', () => { if (this.#editor) this.#close(); else this.#edit(); });
  }

  /** Shows what there is to say about it. @param {...Child} parts */
  tell(...parts) {
    this.about.replaceChildren(...parts.filter(node => node instanceof Node));
  }

  #edit() {
    const { fields, onSave, onDelete } = this.#editing();
    this.#editor = new RowEditor(fields, { onSave, onDelete, onClose: () => this.#close() });
    this.element.append(this.#editor.element);
    this.#open.setAttribute('aria-expanded', 'true');
    this.#editor.focus();
  }

  #close() {
    this.#editor?.element.remove();
    this.#editor = null;
    this.#open.setAttribute('aria-expanded', 'false');
    this.#open.focus();
  }
}
