// Runs in the page before its own scripts and notes what passes too quickly to be looked for from outside.
window.observed = { violations: [], lengths: [], mostRunning: 0, sideBySide: false, sockets: [], announced: [], fresh: [], lengthOfRunning };

// Characters that the newest answer shows while it runs; 0 when none does.
function lengthOfRunning() {
  const texts = document.querySelectorAll('#turns > .turn:last-child > .answer[data-state="running"] .rich-text');
  return [...texts].reduce((sum, text) => sum + text.textContent.length, 0);
}

document.addEventListener('securitypolicyviolation', event => window.observed.violations.push(`${event.violatedDirective}: ${event.blockedURI || event.sample}`));

window.WebSocket = class extends window.WebSocket {
  constructor(...args) {
    super(...args);
    window.observed.sockets.push(this);
  }
};

// A screen reader speaks of nodes that are added, not of words that were there before.
new MutationObserver(changes => {
  for (const { target, addedNodes } of changes) if (target.id === 'announcer') window.observed.announced.push(...[...addedNodes].map(node => node.textContent));
  for (const { target, attributeName } of changes) {
    if (attributeName === 'class' && target.classList.contains('fresh')) window.observed.fresh.push(target.querySelector('.row-title')?.textContent);
  }
  const length = lengthOfRunning();
  if (length > 0 && window.observed.lengths.at(-1) !== length) window.observed.lengths.push(length);
  const running = [...document.querySelectorAll('.tool-card[data-state="running"]')];
  window.observed.mostRunning = Math.max(window.observed.mostRunning, running.length);
  if (running.length === 2) {
    const [a, b] = running.map(card => card.getBoundingClientRect());
    window.observed.sideBySide = Math.abs(a.top - b.top) < 1 && b.left >= a.right;
  }
}).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
