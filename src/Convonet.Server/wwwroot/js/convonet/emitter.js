/** @import { EventMap, Frame } from './protocol.js' */

const MostWaiting = 10_000; // events that nobody has taken from the stream

/** Hands events to handlers by name, and as one stream. */
export class Emitter {
  /** @type {Map<string, Set<(data: any, frame: any) => void>>} */
  #handlers = new Map();

  /**
   * Calls `handler` for each event of that name, or for every event with the name '*'. Returns the way to stop that.
   * @template {keyof EventMap} Name
   * @overload
   * @param {Name} name
   * @param {(data: EventMap[Name], frame: Frame) => void} handler
   * @returns {() => void}
   */
  /**
   * @overload
   * @param {'*'} name
   * @param {(frame: Frame) => void} handler
   * @returns {() => void}
   */
  /** @param {string} name @param {(data: any, frame: any) => void} handler */
  on(name, handler) {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers.add(handler));
    return () => { handlers.delete(handler); };
  }

  /** Every event from now on, in order. Ends after `connection` has said 'closed'; throws when it is not read while 10,000 come. @returns {AsyncGenerator<Frame, void, void>} */
  async *[Symbol.asyncIterator]() {
    /** @type {Frame[]} */
    const frames = [];
    let arrived = () => {};
    let full = false;
    const stop = this.on('*', frame => {
      full ||= frames.length >= MostWaiting;
      if (!full) frames.push(frame);
      arrived();
    });
    try {
      while (true) {
        for (let frame = frames.shift(); frame; frame = frames.shift()) {
          yield frame;
          if (frame.event === 'connection' && frame.data.state === 'closed') return;
        }
        if (full) throw new Error('The events were not read, and some were lost.');
        await new Promise(resolve => { arrived = () => resolve(undefined); });
      }
    } finally {
      stop();
    }
  }

  /** @protected @param {string} event @param {object} data @param {object} [frame] */
  emit(event, data, frame = { event, data }) {
    for (const handler of [...(this.#handlers.get(event) ?? [])]) callSafely(() => handler(data, frame));
    for (const handler of [...(this.#handlers.get('*') ?? [])]) callSafely(() => handler(frame, frame));
  }
}

/** A handler that throws is reported like any other uncaught error; it ends neither the connection nor the other handlers. @param {() => void} call */
function callSafely(call) {
  try {
    call();
  } catch (error) {
    if (globalThis.reportError) globalThis.reportError(error);
    else queueMicrotask(() => { throw error; }); // Node has no reportError
  }
}
