import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockIn, dayTitle, isWholeDay, isZoneUnsaid, plusDays, sameClock, timeRange, timeTitle, whenTitle } from '../../src/Convonet.Server/wwwroot/js/local-time.js';

test('clockIn: what the clock shows in a zone, wherever the browser is', () => {
  const at = new Date('2026-11-25T23:30:45Z');

  assert.equal(clockIn('Etc/UTC', at), '2026-11-25T23:30');
  assert.equal(clockIn('Europe/Zurich', at), '2026-11-26T00:30');
  assert.equal(clockIn('America/New_York', at), '2026-11-25T18:30');
  assert.match(clockIn('No/Such_Zone', at), /^2026-11-2[56]T\d\d:30$/);
});

test('isZoneUnsaid: of the local owner on UTC until a page has said so, also one that is in UTC itself', () => {
  const zones = ['Etc/UTC', 'UTC', 'Europe/Zurich'];
  assert.deepEqual(zones.filter(time_zone => isZoneUnsaid({ is_local_owner: true, time_zone })), ['Etc/UTC']);
  assert.deepEqual(zones.filter(time_zone => isZoneUnsaid({ is_local_owner: false, time_zone })), []);
  assert.ok(sameClock('Etc/UTC', 'UTC'));
});

test('sameClock: zones whose clocks agree the whole year are the same to a person', () => {
  const at = new Date('2026-11-25T23:30:45Z');

  assert.equal(sameClock('Europe/Zurich', 'Europe/Zurich', at), true);
  assert.equal(sameClock('Europe/Zurich', 'Europe/Berlin', at), true);
  assert.equal(sameClock('Europe/Zurich', 'America/New_York', at), false);
  assert.equal(sameClock('America/Denver', 'America/Phoenix', at), false, 'in summer they differ');
});

test('plusDays: over months, years and changes of the clock', () => {
  assert.equal(plusDays('2026-11-30', 1), '2026-12-01');
  assert.equal(plusDays('2026-01-01', -1), '2025-12-31');
  assert.equal(plusDays('2026-03-28', 2), '2026-03-30');
  assert.equal(plusDays('2028-02-28', 1), '2028-02-29');
});

test('dayTitle, timeTitle, whenTitle: days near by have names, and only what has a time shows one', () => {
  const today = '2026-11-25';

  assert.deepEqual(['2026-11-24', '2026-11-25', '2026-11-26'].map(day => dayTitle(day, today, 'en-GB')), ['Yesterday', 'Today', 'Tomorrow']);
  assert.equal(dayTitle('2026-11-27', today, 'en-GB'), 'Fri 27 Nov');
  assert.equal(dayTitle('2027-01-02', today, 'en-GB'), '2 Jan 2027');
  assert.equal(timeTitle('2026-11-27T15:05:00', 'en-GB'), '15:05');
  assert.equal(whenTitle('2026-11-26T15:00', today, 'en-GB'), 'Tomorrow, 15:00');
  assert.deepEqual(['2026-11-26', '2026-11-26T00:00:00'].map(text => whenTitle(text, today, 'en-GB')), ['Tomorrow', 'Tomorrow']);
  assert.deepEqual(['2026-11-26', '2026-11-26T00:00', '2026-11-26T00:01'].map(isWholeDay), [true, true, false]);
});

test('timeRange: from one time to another, with what both have in common said once', () => {
  assert.match(timeRange('2026-11-27T09:30', '2026-11-27T09:45', 'en-US'), /^9:30\s–\s9:45\sAM$/);
  assert.match(timeRange('2026-11-27T12:00', '2026-11-27T13:00', 'de-CH'), /^12:00\s?–\s?13:00/);
});
