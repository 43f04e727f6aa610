/** Where a client is in the numbered events of a conversation: tells the next event from one that was seen and from one before which some are missing. */
export class Position {
  /** @type {string | null} */
  conversation;
  epoch;
  seq = 0;
  /** Whether anything was ever said here: a conversation without an event is nothing that could be lost. */
  begun;
  /** The seq after which missing events were asked for already. */
  #askedAfter = -1;

  /** @param {string | null} conversation @param {number} epoch @param {number} [seq] @param {boolean} [begun] */
  constructor(conversation, epoch, seq = 0, begun = seq > 0) {
    this.conversation = conversation;
    this.epoch = epoch;
    this.seq = seq;
    this.begun = begun;
  }

  /**
   * Moves on to the event when it is the next one. 'missing' says that the server is to be asked for what comes before it, and that this event will come
   * again; a gap that the server did not fill when asked is passed over, so that one lost event cannot stop a conversation.
   * @param {{ seq: number, epoch?: number }} event
   * @param {boolean} asking whether the answer to a resume is still to come
   * @returns {'next' | 'seen' | 'missing'}
   */
  advance({ seq, epoch = this.epoch }, asking) {
    if (epoch !== this.epoch) {
      this.epoch = epoch;
      this.seq = 0; // numbers of an older epoch mean nothing now
      this.#askedAfter = -1;
    }
    if (seq <= this.seq) return 'seen';
    if (seq > this.seq + 1 && (asking || this.#askedAfter !== this.seq)) {
      this.#askedAfter = this.seq;
      return 'missing';
    }
    this.seq = seq;
    this.begun = true;
    return 'next';
  }
}
