/** An answer of the API that is not what was asked for; the message is a sentence for people. */
export class ApiError extends Error {
  status;
  body;

  /** @param {string} message @param {number} status 0 when there was no answer @param {any} [body] */
  constructor(message, status, body = null) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

const LimitMs = 15_000;

/** The server's HTTP API: JSON both ways, the session in a cookie, what went wrong in the server's own words. */
export class Api {
  #base;
  #fetch;
  #onSignedOut;

  /** @param {{ base: string | URL, onSignedOut?: () => void, fetch?: typeof globalThis.fetch }} options onSignedOut is called when the server knows nobody (any more) */
  constructor({ base, onSignedOut = () => {}, fetch = (...args) => globalThis.fetch(...args) }) {
    this.#base = base;
    this.#fetch = fetch;
    this.#onSignedOut = onSignedOut;
  }

  /** @param {string} path */
  get(path) { return this.#ask('GET', path); }

  /** @param {string} path @param {object} [body] */
  post(path, body) { return this.#ask('POST', path, body); }

  /** @param {string} path @param {object} body */
  put(path, body) { return this.#ask('PUT', path, body); }

  /** @param {string} path @param {object} body */
  patch(path, body) { return this.#ask('PATCH', path, body); }

  /** @param {string} path */
  delete(path) { return this.#ask('DELETE', path); }

  /** @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
  async #ask(method, path, body) {
    /** @type {RequestInit} */
    const request = { method, credentials: 'same-origin', cache: 'no-store', headers: { accept: 'application/json' }, signal: AbortSignal.timeout(LimitMs) };
    if (body !== undefined) Object.assign(request, { body: JSON.stringify(body), headers: { accept: 'application/json', 'content-type': 'application/json' } });
    let response, answer;
    try {
      response = await this.#fetch(new URL(path, this.#base), request);
      answer = parse(await response.text());
    } catch {
      throw new ApiError('The server cannot be reached right now. Nothing was changed, as far as this page knows.', 0);
    }
    if (response.ok) return answer;
    if (response.status === 401) this.#onSignedOut();
    throw new ApiError(sentence(answer, response.status), response.status, answer);
  }
}

/** @param {string} text */
function parse(text) {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null; // an error page of something between here and the server
  }
}

/** What a problem (RFC 9457) says. @param {any} problem @param {number} status */
function sentence(problem, status) {
  const first = Object.values(problem?.errors ?? {}).flat()[0];
  return [problem?.detail, first, problem?.title].find(text => typeof text === 'string' && text !== '') ?? `The server answered ${status}.`;
}
