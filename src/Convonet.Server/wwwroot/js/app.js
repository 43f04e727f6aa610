/**
 * The page. Events flow one way: client and API → reduce → state → views, drawn at most once a frame; what the user does goes to the server and comes back as
 * events.
 */
import { ConvonetClient, sessionStore } from './convonet-client.js';
import { initialState, runningTurn } from './conversation-state.js';
import { Desk } from './desk.js';
import { isDue } from './due-state.js';
import { initialPage, reducePage } from './page-state.js';
import { LibraryDesk } from './library-desk.js';
import { titleOf } from './things-state.js';
import { VoiceDesk } from './voice-desk.js';
import { keptChanges } from './tool-changes.js';
import { Announcer } from './view/announcer.js';
import { Composer } from './view/composer.js';
import { ConnectionLine } from './view/connection-line.js';
import { byId, setText } from './view/elements.js';
import { ProviderMenu } from './view/provider-menu.js';
import { bindThemeSwitch } from './view/theme-switch.js';
import { Follower, Transcript } from './view/transcript.js';

/** @import { PageEvent } from './page-events.js' */
/** @import { PageState } from './page-state.js' */
/** @import { Frame } from './convonet-client.js' */

const TickMs = 100;
const ClockMs = 10_000; // what is overdue, and what today is, changes without any event

const url = new URL('voice', document.baseURI);
url.protocol = url.protocol.replace('http', 'ws');
const client = new ConvonetClient({ url, store: sessionStore(), fillsIn: false });
let isComingBack = client.conversation !== null; // what was said is on its way, so the page is not greeted as a new one
const { due, panelOpen, changes } = Desk.kept;
/** @type {PageState} */
let page = initialPage({
  conversation: initialState({ conversation: client.conversation, epoch: client.epoch, pending: client.unaccepted, changes: keptChanges(changes) }),
  due: isDue(due) ? due : undefined, panelOpen, libraryOpen: LibraryDesk.keptOpen,
});

const desk = new Desk(client, dispatch, () => page);
const announcer = new Announcer(byId('announcer', HTMLElement));
const voice = new VoiceDesk(client, { dispatch, pageNow: () => page, onTold: words => announcer.say(words) });
const follower = new Follower(byId('scroller', HTMLElement), byId('jump', HTMLButtonElement));
const transcript = new Transcript(byId('turns', HTMLOListElement), byId('pending', HTMLOListElement), {
  onRetry: text => send(text),
  onResend: message => {
    const { conversation } = page;
    page = { ...page, conversation: { ...conversation, pending: conversation.pending.filter(it => it !== message) } };
    send(message.text);
  },
  onNotNow: message => { client.withdraw(message.id); composer.restore(message.text); focusComposer(); },
  onWithdraw: turn => { client.cancel(turn); focusComposer(); },
  onCopied: () => announcer.say('Copied.'),
  onConfirm: (id, yes) => client.confirm(id, yes),
  onUndo: id => desk.actions.undo(id),
  onQuestionGone: focusComposer,
  titleOf: id => titleOf(page.things, id),
});
const composer = new Composer(byId('composer', HTMLFormElement), { onSend: send, onStop: stop, onCount: words => announcer.say(words) });
const providers = new ProviderMenu(byId('provider', HTMLButtonElement), byId('provider-menu', HTMLElement), name => client.setProvider(name), () => desk.api.get('/api/providers'));
const connectionLine = new ConnectionLine(byId('connection', HTMLElement), () => client.wake());
const library = new LibraryDesk(desk.api, client, { dispatch, pageNow: () => page, onLeave: goTo, onTold: words => announcer.say(words) });
const welcome = byId('welcome', HTMLElement);
const notice = byId('notice', HTMLElement);

/** @param {string} text @param {{ interrupts?: boolean }} [how] */
function send(text, how) {
  if (page.voice.speaking !== null) stop();
  client.send(text, how);
  follower.toEnd();
  focusComposer();
}

/** Leaves for another conversation, null for a new one. What was not sent yet goes back to where it was written. @param {string | null} conversation */
function goTo(conversation) {
  const unsent = client.unaccepted.map(({ text }) => text);
  isComingBack = conversation !== null;
  client.open(conversation);
  if (unsent.length) composer.restore(unsent.join('\n\n'));
  follower.toEnd();
  focusComposer();
}

/** On a touch screen it would bring up the keyboard over the answer. */
function focusComposer() {
  if (matchMedia('(hover: hover)').matches) composer.focus();
}

/** Stops the answer, and what is spoken. */
function stop() {
  const spoken = voice.silence();
  const running = runningTurn(page.conversation)?.turn;
  const turn = running ?? spoken;
  if (turn !== null) client.cancel(turn || undefined);
  if (running !== undefined && client.state !== 'online') dispatch({ event: 'stop_waits', data: { turn: running } });
}

/** @type {number | null} Since when it is not known how it stands with the tools: their clocks stand still until it is. */
let cutAt = null;
let drawing = false;
function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const { conversation } = page;
    const catchingUp = isComingBack && (client.state === 'connecting' || client.state === 'resuming');
    welcome.hidden = catchingUp || client.state === 'closed' || conversation.turns.length + conversation.pending.length > 0 || page.voice.partial !== null;
    setText(notice, conversation.notice ?? '');
    notice.hidden = conversation.notice === null;
    transcript.update(conversation, page.voice, client.state === 'online');
    transcript.tick(cutAt ?? performance.now());
    providers.update(conversation.providers, conversation.provider);
    composer.update({ running: runningTurn(conversation) !== null || page.voice.speaking !== null, limit: conversation.messageChars });
    voice.update(page);
    announcer.update(conversation, page.voice);
    desk.update(page, performance.now());
    library.update(page);
    follower.settle();
  });
}

/** @param {Frame | PageEvent} event */
function dispatch(event) {
  const before = page;
  page = reducePage(page, event, performance.now(), Date.now());
  desk.keep(page);
  LibraryDesk.keep(page, before);
  if (event.event === 'user_left') composer.clear();
  if (event.event === 'user_left' || (event.event === 'account_known' && event.data.account === null)) announcer.clear();
  draw();
}

client.on('*', dispatch);
client.on('connection', connection => {
  cutAt = connection.state === 'online' ? null : cutAt ?? performance.now();
  connectionLine.update(connection);
});

welcome.addEventListener('click', ({ target }) => {
  if (target instanceof HTMLButtonElement) send(target.textContent ?? '');
});
byId('new-conversation', HTMLButtonElement).addEventListener('click', () => goTo(null));
bindThemeSwitch(byId('theme', HTMLButtonElement));
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && !event.repeat && !event.defaultPrevented && !event.isComposing) stop();
});
setInterval(() => { if (cutAt === null && runningTurn(page.conversation)) transcript.tick(performance.now()); }, TickMs);
setInterval(draw, ClockMs);

desk.start();
draw();
