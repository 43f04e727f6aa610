/**
 * The page. Events flow one way: client → reduce → state → views, drawn at most once a frame; what the user does goes to the client and comes back as events.
 */
import { Api } from './api.js';
import { ConvonetClient } from './convonet-client.js';
import { initialState, reduce, runningTurn } from './conversation-state.js';
import { sessionStore } from './session-store.js';
import { Announcer } from './view/announcer.js';
import { Composer } from './view/composer.js';
import { ConnectionLine } from './view/connection-line.js';
import { ProviderMenu } from './view/provider-menu.js';
import { bindThemeSwitch } from './view/theme-switch.js';
import { Follower, Transcript } from './view/transcript.js';
import { setText } from './view/elements.js';

/** @import { PageEvent } from './page-events.js' */
/** @import { Frame } from './protocol.js' */

const TickMs = 100;

/** @template {HTMLElement} Kind @param {string} id @param {new () => Kind} kind @returns {Kind} */
function byId(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`The page has no ${kind.name} '${id}'.`);
  return element;
}

const url = new URL('voice', document.baseURI);
url.protocol = url.protocol.replace('http', 'ws');
const client = new ConvonetClient({ url, store: sessionStore() });
const api = new Api({ base: document.baseURI });
const returning = client.conversation !== null;
let state = initialState({ conversation: client.conversation, epoch: client.epoch, pending: client.unaccepted });

const announcer = new Announcer(byId('announcer', HTMLElement));
const follower = new Follower(byId('scroller', HTMLElement), byId('jump', HTMLButtonElement));
const transcript = new Transcript(byId('turns', HTMLOListElement), byId('pending', HTMLOListElement), {
  onRetry: send,
  onResend: message => { state = { ...state, pending: state.pending.filter(it => it !== message) }; send(message.text); },
  onCopied: () => announcer.say('Copied.'),
  onConfirm: (id, yes) => client.confirm(id, yes),
  onUndo: takeBack,
  onQuestionGone: focusComposer,
  titleOf: () => null,
});
const composer = new Composer(byId('composer', HTMLFormElement), { onSend: send, onStop: stop, onCount: words => announcer.say(words) });
const providers = new ProviderMenu(byId('provider', HTMLButtonElement), byId('provider-menu', HTMLElement), name => client.setProvider(name));
const connectionLine = new ConnectionLine(byId('connection', HTMLElement), () => client.wake());
const welcome = byId('welcome', HTMLElement);
const notice = byId('notice', HTMLElement);

/** @param {string} text */
function send(text) {
  client.send(text);
  follower.toEnd();
  focusComposer();
}

/** On a touch screen it would bring up the keyboard over the answer. */
function focusComposer() {
  if (matchMedia('(hover: hover)').matches) composer.focus();
}

/** @param {string} id of a change */
async function takeBack(id) {
  dispatch({ event: 'undo', data: { id, state: 'undoing' } });
  try {
    await api.post(`api/changes/${id}/undo`);
    dispatch({ event: 'undo', data: { id, state: 'undone' } });
  } catch (error) {
    dispatch({ event: 'undo', data: { id, state: 'refused', message: /** @type {Error} */ (error).message } });
  }
}

function stop() {
  const turn = runningTurn(state);
  if (turn) client.cancel(turn.turn);
}

let drawing = false;
function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const catchingUp = returning && (client.state === 'connecting' || client.state === 'resuming');
    welcome.hidden = catchingUp || state.turns.length + state.pending.length > 0;
    setText(notice, state.notice ?? '');
    notice.hidden = state.notice === null;
    transcript.update(state, client.state === 'online');
    transcript.tick(performance.now());
    providers.update(state.providers, state.provider);
    composer.update({ running: runningTurn(state) !== null, limit: state.messageChars });
    announcer.update(state);
    follower.settle();
  });
}

/** @param {Frame | PageEvent} event */
function dispatch(event) {
  state = reduce(state, event, performance.now());
  draw();
}

client.on('*', dispatch);
client.on('connection', connection => connectionLine.update(connection));

welcome.addEventListener('click', ({ target }) => {
  if (target instanceof HTMLButtonElement) send(target.textContent ?? '');
});
byId('new-conversation', HTMLButtonElement).addEventListener('click', () => { client.newConversation(); composer.focus(); });
bindThemeSwitch(byId('theme', HTMLButtonElement));
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && !event.repeat && !event.defaultPrevented && !event.isComposing) stop();
});
document.addEventListener('visibilitychange', () => { if (!document.hidden) client.wake(); });
for (const name of ['online', 'offline', 'pageshow']) addEventListener(name, () => client.wake());
setInterval(() => { if (runningTurn(state)) transcript.tick(performance.now()); }, TickMs);

client.connect();
draw();
