import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { io as newest } from 'socket.io-client';
import { io as original } from 'socket.io-client-4.5.4';
import { account, url } from './accounts.mjs';
import { newBrowser, Page } from './page.mjs';
import { play, record } from './speech.mjs';

const pin = '204731';
const pages = [];
const tokens = {};

async function open(io, auth) {
  const page = new Page(io, url, await newBrowser(url), auth);
  pages.push(page);
  return page;
}

/** The page of somebody who is signed in already: tries of a PIN are few. */
async function signedIn(io) {
  const page = await open(io, { token: tokens.anna });
  await page.next('connect');
  return page;
}

/** The page as it is after its greeting. */
async function welcomed(io) {
  const page = await open(io);
  await page.next('connect');
  const greeting = page.next('welcome_greeting');
  const answer = await page.signIn(pin);
  assert.equal(answer.success, true, answer.message);
  await greeting;
  return page;
}

function assertSpoken(base64, atLeast) {
  const { seconds, rms } = play(base64);
  assert.ok(seconds >= atLeast && rms > 300, `${seconds} s of ${rms}`);
}

before(async () => {
  tokens.anna = await account('anna@example.com', 'Anna Muster', pin);
  tokens.ben = await account('ben@example.com', 'Ben Beispiel', '111111');
});
after(() => pages.forEach(page => page.close()));

for (const [version, io] of [['4.5.4', original], ['newest', newest]]) {
  test(`${version}: the page signs in, is greeted, records, and gets an answer that it can play`, async () => {
    const page = await open(io);
    await page.next('connect');

    const wrong = await page.signIn('000000');
    const greeting = page.next('welcome_greeting');
    const right = await page.signIn(pin);
    await greeting;
    const order = [];
    for (const name of ['recording_started', 'status', 'transcription', 'agent_response', 'error']) {
      page.on(`on ${name}`, () => order.push(name));
    }
    const started = page.next('recording_started');
    page.start();
    await started;
    page.stop(record('Add buy milk to my list.'));
    await page.free();

    assert.deepEqual([wrong.success, wrong.message], [false, 'Invalid PIN. Please try again.']);
    assert.deepEqual([right.success, right.user_name, right.message], [true, 'Anna Muster', 'Welcome back, Anna Muster!']);
    assert.deepEqual(page.transcript.map(([who]) => who), ['agent', 'user', 'agent']);
    assert.match(page.transcript[0][1], /^Welcome back, Anna Muster!/);
    assert.ok(page.transcript[1][1].length > 0 && page.transcript[2][1].length > 0);
    assert.deepEqual(order.filter(name => name !== 'status'), ['recording_started', 'transcription', 'agent_response']);
    assert.ok(page.statuses.includes('Transcribing...') && page.statuses.includes('Processing your request...'));
    assert.equal(page.sounds.length, 2);
    assertSpoken(page.sounds[0], 3);
    assertSpoken(page.sounds[1], 0.5);
  });

  test(`${version}: a short "yes" is not refused`, async () => {
    const page = await signedIn(io);

    page.start();
    page.stop(record('Yes.', 0.3));
    await page.free();

    assert.ok(!page.statuses.some(status => /too short|small/i.test(status)), page.statuses.join('\n'));
    assert.ok(page.transcript.some(([who]) => who === 'user') || page.statuses.includes('I heard no words. Please try again.'), page.statuses.join('\n'));
  });

  test(`${version}: what cannot be heard frees the button, and the next recording is heard`, async () => {
    const page = await signedIn(io);

    page.start();
    page.stop(Buffer.from('this is no recording'));
    await page.free();
    const failed = page.statuses.at(-1);
    page.start();
    page.stop(record('What is on my list?'));
    await page.free();

    assert.ok(failed.length > 0 && failed !== 'Ready');
    assert.equal(page.transcript.at(-1)[0], 'agent');
    assert.equal(page.statuses.at(-1), 'Ready');
  });

  test(`${version}: a recording of a minute is heard whole`, async () => {
    const page = await signedIn(io);
    const recording = record('Please add one more thing to my list, and then tell me what is on it. ', 60);
    assert.ok(recording.length > 400_000);

    page.start();
    page.stop(recording);
    await page.free();

    const [, words] = page.transcript.find(([who]) => who === 'user');
    assert.ok(words.split(' ').length > 60, words);
    assert.equal(page.transcript.at(-1)[0], 'agent');
  });

  test(`${version}: the line breaks in the middle of an answer, and the page gets it and goes on`, async () => {
    const page = await welcomed(io);

    page.start();
    const chunk = new Promise(resolve => page.socket.once('agent_stream_chunk', resolve));
    page.stop(record('What is on my list?'));
    await chunk;
    const back = page.next('connect');
    page.socket.io.engine.transport.ws.terminate();
    await back;
    await page.free();
    const answers = page.transcript.filter(([who]) => who === 'agent').length;
    page.start();
    page.stop(record('Add buy milk to my list.'));
    await page.free();

    assert.equal(answers, 2, JSON.stringify(page.transcript));
    assert.equal(page.transcript.at(-1)[0], 'agent');
    assert.equal(page.transcript.length, 5, JSON.stringify(page.transcript));
    assert.ok(!page.statuses.includes('Sign in first, with \'authenticate\'.'));
  });
}

test('two people at once: each has their own words and answers', async () => {
  const anna = await signedIn(original);
  const ben = await open(newest, { token: tokens.ben });
  await ben.next('connect');

  for (const [page, words] of [[anna, 'Add buy milk to my list.'], [ben, 'What is on my list?']]) {
    page.start();
    page.stop(record(words));
  }
  await Promise.all([anna.free(), ben.free()]);

  for (const page of [anna, ben]) {
    assert.equal(page.transcript.at(-1)[0], 'agent', page.statuses.join('\n'));
    assert.equal(page.transcript.filter(([who]) => who === 'user').length, 1);
  }
});
