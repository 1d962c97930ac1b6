// Logging in through Intuit's own client, from the consent page to the end of a grant.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import OAuthClient from 'intuit-oauth';

import {
  CALLBACK, connected, consent, details, fresh, oauthClient, realm,
} from './simulator.js';

const { Accounting, OpenId, Profile, Email, Phone, Address } = OAuthClient.scopes;
const PERSON = [Accounting, OpenId, Profile, Email, Phone, Address];
const DAY = 86_400;

const company = (client) => client.makeApiCall({
  url: `v3/company/${realm}/companyinfo/${realm}?minorversion=75`,
});
const refusal = (promise) =>
  promise.then(() => assert.fail('it was accepted'), (reason) => reason);

describe('The consent page', () => {
  test('sends a code, the state and the company back', async () => {
    const client = oauthClient();
    const state = fresh('state & more');
    const url = new URL(await consent(client.authorizeUri({ scope: [Accounting], state })));
    assert.equal(url.origin + url.pathname, CALLBACK);
    assert.equal(url.searchParams.get('state'), state);
    assert.equal(url.searchParams.get('realmId'), realm);
    const code = url.searchParams.get('code');
    assert.ok(code.length > 0 && code.length <= 512);
  });

  test('sends a refusal back', async () => {
    const uri = oauthClient().authorizeUri({ scope: [Accounting], state: 'mine' });
    const url = new URL(await consent(uri, 'Cancel'));
    assert.equal(url.searchParams.get('error'), 'access_denied');
    assert.equal(url.searchParams.get('state'), 'mine');
    assert.ok(!url.searchParams.has('code'));
  });

  test('is not shown to an app nobody knows', async () => {
    const uri = oauthClient({ clientId: 'nobody' }).authorizeUri({ scope: [Accounting] });
    assert.ok((await fetch(uri)).status >= 400);
  });
});

describe('Tokens', () => {
  test('come for a code and open the books', async () => {
    const client = oauthClient();
    const callback = await consent(client.authorizeUri({ scope: [Accounting], state: 'mine' }));
    const answer = await client.createToken(callback);
    assert.equal(answer.status(), 200);
    assert.ok(answer.getIntuitTid());
    const token = client.getToken();
    assert.equal(token.realmId, realm);
    assert.equal(token.token_type, 'bearer');
    assert.equal(token.expires_in, 3600);
    assert.ok(token.x_refresh_token_expires_in > 99 * DAY);
    assert.equal(token.id_token, '');
    assert.ok(client.isAccessTokenValid());
    assert.equal((await company(client)).status, 200);
  });

  test('are renewed', async () => {
    const client = await connected();
    const first = client.getToken().access_token;
    const answer = await client.refresh();
    assert.equal(answer.status(), 200);
    assert.notEqual(client.getToken().access_token, first);
    assert.equal((await company(client)).status, 200);
  });

  test('are renewed from a kept refresh token', async () => {
    const kept = (await connected()).getToken().refresh_token;
    const client = oauthClient();
    await client.refreshUsingToken(kept);
    assert.equal((await company(client)).status, 200);
  });

  test('tell their last day when the app asks for it', async () => {
    const hard = await connected([Accounting], { includeRefreshTokenHardExpiresIn: true });
    assert.ok(hard.getToken().x_refresh_token_hard_expires_in > 4 * 365 * DAY);
    const plain = await connected();
    assert.equal(plain.getToken().x_refresh_token_hard_expires_in, 0);
  });

  const SAD = [
    {
      what: 'for a code that was used',
      error: 'invalid_grant',
      async ask() {
        const client = oauthClient();
        const callback = await consent(client.authorizeUri({ scope: [Accounting] }));
        await client.createToken(callback);
        return client.createToken(callback);
      },
    },
    {
      what: 'for a code nobody gave',
      error: 'invalid_grant',
      ask: () => oauthClient().createToken(`${CALLBACK}?code=made-up&state=x&realmId=${realm}`),
    },
    {
      what: 'for a code that was sent to another address',
      error: 'invalid_grant',
      async ask() {
        const callback = await consent(oauthClient().authorizeUri({ scope: [Accounting] }));
        return oauthClient({ redirectUri: `${CALLBACK}/other` }).createToken(callback);
      },
    },
    {
      what: 'for an app with a wrong secret',
      error: 'invalid_client',
      async ask() {
        const callback = await consent(oauthClient().authorizeUri({ scope: [Accounting] }));
        return oauthClient({ clientSecret: 'wrong' }).createToken(callback);
      },
    },
    {
      what: 'from a refresh token of a wrong app',
      error: 'invalid_client',
      ask: () => oauthClient({ clientId: 'nobody' }).refreshUsingToken(details.refresh_token),
    },
    {
      what: 'from a refresh token nobody gave',
      error: 'invalid_grant',
      ask: () => oauthClient().refreshUsingToken('made-up'),
    },
  ];
  for (const { what, error, ask } of SAD) {
    test(`do not come ${what}`, async () => {
      const problem = await refusal(ask());
      assert.equal(problem.error, error);
      assert.ok(problem.intuit_tid);
    });
  }
});

describe('The person who logs in', () => {
  test('is named by a signed token', async () => {
    const client = await connected(PERSON);
    assert.equal(await client.validateIdToken(), true);
  });

  test('is not named by a token that was changed', async () => {
    const client = await connected(PERSON);
    const [head, body, signature] = client.getToken().id_token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url'));
    const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'else' })).toString('base64url');
    client.getToken().id_token = [head, changed, signature].join('.');
    await refusal(client.validateIdToken());
  });

  test('is described to the app', async () => {
    const person = (await (await connected(PERSON)).getUserInfo()).getJson();
    assert.ok(person.sub);
    assert.match(person.email, /@/);
    assert.equal(typeof person.emailVerified, 'boolean');
    assert.ok(person.givenName && person.familyName && person.address.country);
  });

  test('is not described to a stranger', async () => {
    const client = oauthClient({ token: { access_token: 'made-up' } });
    assert.ok((await refusal(client.getUserInfo())).error);
  });
});

describe('Revoking', () => {
  for (const which of ['access_token', 'refresh_token']) {
    test(`ends the whole grant: by the ${which.replace('_', ' ')}`, async () => {
      const client = await connected();
      const { access_token: access, refresh_token: refresh } = client.getToken();
      assert.equal((await client.revoke({ [which]: client.getToken()[which] })).status(), 200);
      assert.equal((await refusal(oauthClient().refreshUsingToken(refresh))).error, 'invalid_grant');
      const late = oauthClient({ token: { access_token: access } });
      assert.equal((await refusal(company(late))).code, '401');
      assert.ok((await refusal(client.revoke({ refresh_token: refresh }))).error);
    });
  }

  test('leaves other grants alone', async () => {
    const [one, other] = [await connected(), await connected()];
    await one.revoke();
    assert.equal((await company(other)).status, 200);
  });

  test('needs the secret of the app', async () => {
    const client = await connected();
    const thief = oauthClient({ clientSecret: 'wrong', token: client.getToken() });
    assert.equal((await refusal(thief.revoke())).error, 'invalid_client');
    assert.equal((await company(client)).status, 200);
  });
});

describe('Calls of the accounting API', () => {
  const at = (path) => `v3/company/${realm}/${path}`;

  test('create and read', async () => {
    const client = await connected();
    const DisplayName = fresh('Raw');
    const made = await client.makeApiCall({
      url: at('customer?minorversion=75'),
      method: 'POST',
      body: { DisplayName },
    });
    assert.equal(made.json.Customer.DisplayName, DisplayName);
    assert.ok(made.headers.intuit_tid);
    const query = `select * from Customer where Id = '${made.json.Customer.Id}'`;
    const found = await client.makeApiCall({ url: at('query'), params: { query } });
    assert.deepEqual(found.json.QueryResponse.Customer, [made.json.Customer]);
  });

  test('tell what was refused', async () => {
    const client = await connected();
    const problem = await refusal(client.makeApiCall({ url: at('customer/99999999') }));
    assert.equal(problem.code, '610');
    assert.equal(problem.faultType, 'ValidationFault');
    assert.equal(problem.fault.errors.length, 1);
  });

  const STRANGERS = [
    { what: 'without a token that works', token: 'made-up', path: at('companyinfo/1'), code: '401' },
    { what: 'of another company', path: 'v3/company/1/companyinfo/1' },
  ];
  for (const { what, token, path, code } of STRANGERS) {
    test(`are refused ${what}`, async () => {
      const client = token ? oauthClient({ token: { access_token: token } }) : await connected();
      const problem = await refusal(client.makeApiCall({ url: path }));
      assert.ok(['401', '403', '100'].includes(problem.code), problem.code);
      if (code) assert.equal(problem.code, code);
    });
  }

  test('are refused to an app that asked for a person only', async () => {
    const client = await connected([OpenId, Email]);
    assert.equal((await refusal(company(client))).code, '403');
  });
});
