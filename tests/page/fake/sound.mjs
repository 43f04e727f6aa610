// Sounds for the tests, and the server's side of a speech frame.

/** A sine, −1 to 1. */
export function tone(hertz, rate, samples, amplitude = 0.5) {
  return Float32Array.from({ length: samples }, (_, k) => amplitude * Math.sin(2 * Math.PI * hertz * k / rate));
}

export function toPcm(samples) {
  return Int16Array.from(samples, it => Math.round(it * 32_767));
}

/** How far `actual` is above its difference from `expected`, in decibels. */
export function fidelity(actual, expected) {
  let [signal, noise] = [0, 0];
  expected.forEach((it, k) => { signal += it * it; noise += (actual[k] - it) ** 2; });
  return 10 * Math.log10(signal / noise);
}

export function rms(samples) {
  return Math.sqrt(samples.reduce((sum, it) => sum + it * it, 0) / samples.length);
}

/** The bytes of a frame, as the server sends them. */
export function speechBytes({ turn, sentence = 0, rate = 16_000, sample = 0, pcm, version = 1, format = 1, header = 20 }) {
  const bytes = new ArrayBuffer(header + pcm.length * 2);
  const view = new DataView(bytes);
  view.setUint8(0, version);
  view.setUint8(1, format);
  view.setUint16(2, header, true);
  view.setInt32(4, rate, true);
  view.setInt32(8, turn, true);
  view.setInt32(12, sentence, true);
  view.setUint32(16, sample, true);
  pcm.forEach((it, k) => view.setInt16(header + 2 * k, it, true));
  return bytes;
}
