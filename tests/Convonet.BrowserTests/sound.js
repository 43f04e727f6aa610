// Runs in the page before its own scripts: a microphone that says what the test wants, and an ear at the page's loudspeaker.
window.sound = { contexts: [], heard: [], deny: null, asked: 0 };

const RealContext = window.AudioContext;
window.AudioContext = class extends RealContext {
  constructor(...args) {
    super(...args);
    window.sound.contexts.push(this);
  }
};

let microphone;
navigator.mediaDevices.getUserMedia = async constraints => {
  window.sound.asked += 1;
  window.sound.constraints = constraints;
  if (window.sound.deny) throw new DOMException('The test says no.', window.sound.deny);
  const context = new RealContext({ sampleRate: 48_000 });
  const stream = context.createMediaStreamDestination();
  stream.channelCount = 1;
  const silence = context.createConstantSource();
  silence.offset.value = 0;
  silence.connect(stream);
  silence.start();
  await context.resume();
  microphone = { context, stream };
  return stream.stream;
};

/** Plays a WAV (base64) into the microphone, to its end. */
window.sound.say = async wav => {
  const source = microphone.context.createBufferSource();
  source.buffer = await microphone.context.decodeAudioData(Uint8Array.from(atob(wav), it => it.charCodeAt(0)).buffer);
  source.connect(microphone.stream);
  source.start();
  await new Promise(resolve => { source.onended = resolve; });
};

// The ear: levels of what goes to the loudspeaker, with the time of the context, which stands still when that does.
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...args) {
  if (to === this.context.destination) listen(this);
  return connect.call(this, to, ...args);
};

function listen(node) {
  const { context } = node;
  const analyser = context.createAnalyser();
  connect.call(node, analyser);
  const samples = new Float32Array(analyser.fftSize);
  let last = context.currentTime;
  window.sound.player = context;
  setInterval(() => {
    const fresh = Math.min(samples.length, Math.round((context.currentTime - last) * context.sampleRate));
    if (fresh <= 0) return;
    last = context.currentTime;
    analyser.getFloatTimeDomainData(samples);
    const level = Math.sqrt(samples.slice(-fresh).reduce((sum, it) => sum + it * it, 0) / fresh);
    window.sound.heard.push({ at: last, level });
  }, 10);
}

/** Seconds of the loudspeaker's time, since `at`, in which something was to be heard. */
window.sound.loudSince = at => window.sound.heard.filter((it, index, all) => index > 0 && all[index - 1].at >= at && it.level > 0.01)
  .reduce((sum, it) => sum + it.at - window.sound.heard[window.sound.heard.indexOf(it) - 1].at, 0);

/** Whether nothing was to be heard in the last so many seconds of the loudspeaker's time, which must have passed since `at`. */
window.sound.quietFor = (seconds, at) => window.sound.player.currentTime >= at + seconds
  && window.sound.heard.filter(it => it.at > window.sound.player.currentTime - seconds).every(it => it.level < 0.001);
