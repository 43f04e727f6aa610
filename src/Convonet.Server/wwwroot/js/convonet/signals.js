const OfPage = ['online', 'offline', 'pageshow'];

/** What a browser tells of the network and of its being looked at. Where there is no browser, nothing. */
export class Signals {
  #host;
  #listener;
  #isOn = false;

  /** @param {any} host the page's or worker's global @param {() => void} onSignal */
  constructor(host, onSignal) {
    this.#host = host;
    this.#listener = () => { if (!host.document?.hidden) onSignal(); };
  }

  /** @param {boolean} on */
  listen(on) {
    if (on === this.#isOn) return;
    this.#isOn = on;
    const method = on ? 'addEventListener' : 'removeEventListener';
    for (const name of OfPage) this.#host[method]?.(name, this.#listener);
    this.#host.document?.[method]?.('visibilitychange', this.#listener);
  }
}
