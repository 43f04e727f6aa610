// What the page of the system before does with its socket, in the order in which it does it, and what it shows. It knows no chunks, no offsets and no second sign-in.
import { randomBytes } from 'node:crypto';
import { once, EventEmitter } from 'node:events';
import { request } from 'node:http';

export const patience = 240_000;

/** What a browser keeps of the server after its first connection: the cookie that knows it again. */
export async function newBrowser(url) {
  const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': randomBytes(16).toString('base64') };
  const asked = request(`${url}/socket.io/?EIO=4&transport=websocket`, { headers }).end();
  const [response, socket] = await once(asked, 'upgrade', { signal: AbortSignal.timeout(patience) });
  socket.destroy();
  return response.headers['set-cookie'][0].split(';')[0];
}

export class Page extends EventEmitter {
  transcript = [];
  statuses = [];
  sounds = [];
  mic = 'hidden';

  /** Opens the page in a browser, which is known by its cookie; `auth` is for those that have more than a PIN. */
  constructor(io, url, browser, auth) {
    super();
    const extraHeaders = { cookie: browser };
    this.socket = io(`${url}/voice`, { transports: ['websocket', 'polling'], reconnection: true, reconnectionDelay: 1000, reconnectionAttempts: 5, forceNew: true, extraHeaders, auth });
    const on = (name, handler) => this.socket.on(name, (...args) => {
      handler(...args);
      // Not by its own name: an emitter's 'error' ends every wait.
      this.emit(`on ${name}`, ...args);
    });
    on('connect', () => this.statuses.push('Connected! Ready to authenticate.'));
    on('connect_error', error => this.statuses.push(`Connection error: ${error.message}`));
    on('disconnect', () => this.statuses.push('Disconnected. Reconnecting...'));
    on('authenticated', data => {
      this.statuses.push(data.message);
      this.mic = data.success ? 'idle' : this.mic;
    });
    on('welcome_greeting', data => this.said('agent', data));
    on('recording_started', () => {});
    on('transcription', data => data.success ? this.transcript.push(['user', data.text]) : this.reset(data.message));
    on('status', data => this.statuses.push(data.message));
    on('agent_response', data => {
      if (data.success) {
        this.said('agent', data);
      }
      this.reset(data.success ? 'Ready' : 'Error getting response');
    });
    on('error', data => this.reset(data.message));
  }

  /** Waits for an event. */
  async next(name) {
    const [data] = await once(this, `on ${name}`, { signal: AbortSignal.timeout(patience) });
    return data;
  }

  /** Types the PIN and presses the button; waits as people are asked to when there were too many tries. */
  async signIn(pin) {
    for (;;) {
      const answered = this.next('authenticated');
      this.socket.emit('authenticate', { pin });
      const answer = await answered;
      if (!answer.message.startsWith('Too many tries')) {
        return answer;
      }
      await new Promise(resolve => setTimeout(resolve, 5000));
    }
  }

  /** Presses the microphone's button again, after something was said. */
  stop(recording) {
    this.mic = 'processing';
    this.socket.emit('stop_recording', { audio: recording.toString('base64') });
  }

  start() {
    this.mic = 'recording';
    this.socket.emit('start_recording');
  }

  /** Waits until the button can be pressed again. */
  async free() {
    while (this.mic !== 'idle') {
      await once(this, 'idle', { signal: AbortSignal.timeout(patience) });
    }
  }

  close() {
    this.socket.close();
  }

  said(who, data) {
    this.transcript.push([who, data.text]);
    if (data.audio) {
      this.sounds.push(data.audio);
    }
  }

  reset(status) {
    this.statuses.push(status);
    this.mic = 'idle';
    this.emit('idle');
  }
}
