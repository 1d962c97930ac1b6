// node-quickbooks' own handling of tokens, and its calls with tokens that do not work.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';

import { callOf, connected, control, details, fresh, qbo, quickbooks, refused } from './simulator.js';

const SETTLED = { limits: false, subscription: 'active' };

async function session(scope) {
  const token = (await connected(scope)).getToken();
  return quickbooks(token.access_token, token.refresh_token);
}

const status = (promise) =>
  promise.then(() => assert.fail('it was accepted'), (reason) => reason.response?.status);
const company = (client) => callOf(client, 'getCompanyInfo', details.realm_id);

afterEach(() => control('POST', 'settings', SETTLED));

describe('A session', () => {
  test('renews its token', async () => {
    const client = await session();
    const before = client.token;
    await callOf(client, 'refreshAccessToken');
    assert.notEqual(client.token, before);
    assert.ok((await company(client)).CompanyName);
  });

  test('asks who logged in', async () => {
    const client = await session(['com.intuit.quickbooks.accounting', 'openid', 'email']);
    assert.match((await callOf(client, 'getUserInfo')).email, /@/);
  });

  for (const useRefresh of [true, false]) {
    test(`ends by its ${useRefresh ? 'refresh' : 'access'} token`, async () => {
      const client = await session();
      const late = quickbooks(client.token, client.refreshToken);
      await callOf(client, 'revokeAccess', useRefresh);
      assert.equal(client.token, null);
      assert.equal(await status(company(late)), 401);
      assert.equal(await status(callOf(late, 'refreshAccessToken')), 400);
    });
  }

  test('does not start from tokens nobody gave', async () => {
    const stranger = quickbooks('made-up', 'made-up');
    assert.equal(await status(company(stranger)), 401);
    assert.equal(await status(callOf(stranger, 'refreshAccessToken')), 400);
    assert.equal(await status(callOf(stranger, 'revokeAccess', true)), 400);
  });

  test('does not reach the books of another company', async () => {
    const client = quickbooks(qbo.token, qbo.refreshToken, '1234567890');
    assert.ok([401, 403].includes(await status(callOf(client, 'getPreferences'))));
  });

  test('hears of the gateway in its own shape of fault', async () => {
    const problem = await company(quickbooks('made-up', '')).catch((reason) => reason);
    const [error] = problem.response.data.fault.error;
    assert.equal(error.code, '3200');
    assert.equal(problem.response.data.fault.type, 'AUTHENTICATION');
  });

  test('is slowed down when it asks too fast', async () => {
    const client = await session();
    await control('POST', 'settings', { limits: true });
    const asked = Array.from({ length: 60 }, () => company(client).then(() => 200, (reason) => reason.response?.status));
    const answers = new Set(await Promise.all(asked));
    assert.ok(answers.has(200));
    assert.ok(answers.has(429));
  });

  test('only reads once the subscription has ended', async () => {
    const client = await session();
    await control('POST', 'settings', { subscription: 'lapsed' });
    await refused(callOf(client, 'createCustomer', { DisplayName: fresh('Late') }), '6190', 403);
    assert.ok((await company(client)).CompanyName);
  });
});
