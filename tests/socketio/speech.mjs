// Speech as people's browsers record it, and as they play it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function run(program, args, input) {
  const done = spawnSync(program, args, { input, maxBuffer: 64 << 20 });
  assert.equal(done.status, 0, `${program}: ${done.error ?? done.stderr}`);
  return done.stdout;
}

/** Says something and records it as the page does: WebM, Opus, 48 kHz, mono. `seconds` cuts it off, or says it over and over. */
export function record(words, seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'speech-'));
  try {
    const wav = join(folder, 'words.wav');
    run('flite', ['-voice', 'rms', '-t', words, '-o', wav]);
    const length = seconds === undefined ? [] : ['-t', `${seconds}`];
    const again = seconds > 5 ? ['-stream_loop', '-1'] : [];
    return run('ffmpeg', ['-v', 'error', ...again, '-i', wav, ...length, '-ac', '1', '-ar', '48000', '-c:a', 'libopus', '-b:a', '109k', '-f', 'webm', '-']);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Plays base64 as a browser's decoder would: how many seconds there are, and how loud they are (of 32,767). */
export function play(base64) {
  const pcm = run('ffmpeg', ['-v', 'error', '-i', '-', '-ac', '1', '-ar', '16000', '-f', 's16le', '-'], Buffer.from(base64, 'base64'));
  let sum = 0;
  for (let at = 0; at + 1 < pcm.length; at += 2) {
    sum += pcm.readInt16LE(at) ** 2;
  }
  return { seconds: pcm.length / 32_000, rms: Math.sqrt(sum / (pcm.length / 2)) };
}
