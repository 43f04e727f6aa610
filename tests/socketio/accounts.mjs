import assert from 'node:assert/strict';

export const url = process.env.SERVER_URL;

async function post(path, body, token, method = 'POST') {
  const headers = { 'Content-Type': 'application/json', ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
  assert.ok(answer.ok || answer.status === 409, `${path}: ${answer.status} ${answer.ok ? '' : await answer.text()}`);
  return answer.status === 200 || answer.status === 201 ? answer.json().catch(() => ({})) : {};
}

/** Makes an account with a PIN; gives its token. */
export async function account(email, name, pin) {
  const password = 'correct horse battery';
  await post('/api/account/register', { email, password, name, time_zone: 'Europe/Zurich' });
  const { access_token: token } = await post('/api/account/token', { email, password });
  await post('/api/account/pin', { pin }, token, 'PUT');
  return token;
}
