/** @import { Kind } from './things.js' */

const MostDropped = 3; // where changes never pause, an answer that is a little old is better than none

/**
 * Reads kinds of things anew when it is told to. Of one kind at most one request is under way: what is asked meanwhile is answered by one more request after it,
 * and the answer that was under way, being older than the asking, is dropped.
 */
export class Refresher {
  /** @type {Map<Kind, { again: boolean }>} */
  #underway = new Map();
  #read;
  #deliver;
  #fail;

  /**
   * @param {(kind: Kind) => Promise<any>} read
   * @param {(kind: Kind, items: any) => void} deliver
   * @param {(kind: Kind, error: Error) => void} fail
   */
  constructor(read, deliver, fail) {
    this.#read = read;
    this.#deliver = deliver;
    this.#fail = fail;
  }

  /** @param {...Kind} kinds */
  refresh(...kinds) {
    for (const kind of kinds) {
      const underway = this.#underway.get(kind);
      if (underway) underway.again = true;
      else void this.#readAnew(kind);
    }
  }

  /** Nobody waits any more for what is under way; it may be somebody else's. */
  forget() {
    this.#underway.clear();
  }

  /** @param {Kind} kind */
  async #readAnew(kind) {
    const request = { again: false };
    this.#underway.set(kind, request);
    const isWanted = () => this.#underway.get(kind) === request;
    for (let dropped = 0; isWanted(); dropped += 1) {
      request.again = false;
      try {
        const items = await this.#read(kind);
        if (isWanted() && (!request.again || dropped >= MostDropped)) this.#deliver(kind, items);
      } catch (error) {
        if (isWanted() && !request.again) this.#fail(kind, /** @type {Error} */ (error));
      }
      if (isWanted() && !request.again) this.#underway.delete(kind);
    }
  }
}
