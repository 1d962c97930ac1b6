// The running simulator, and the two clients told only where it is.
//
// SIMULATOR holds the JSON line in which the simulator introduces itself. By hand:
//   SIMULATOR="$(...that line...)" node --test

import assert from 'node:assert/strict';

import OAuthClient from 'intuit-oauth';
import QuickBooks from 'node-quickbooks';

assert.ok(process.env.SIMULATOR, 'SIMULATOR has to hold the line the simulator prints');

export const details = JSON.parse(process.env.SIMULATOR);
export const realm = details.realm_id;
export const base = new URL(details.discovery_url).origin;
export const CALLBACK = 'http://localhost:9/callback';

const discovery = await (await fetch(details.discovery_url)).json();

// node-quickbooks wants the address of the companies, and useSandbox leaves it as it is.
QuickBooks.V3_ENDPOINT_BASE_URL = `${details.api_base}/company/`;
QuickBooks.TOKEN_URL = discovery.token_endpoint;
QuickBooks.REVOKE_URL = discovery.revocation_endpoint;
QuickBooks.USER_INFO_URL = discovery.userinfo_endpoint;

// setAuthorizeURLs knows no address of the keys, so that one is set directly.
OAuthClient.jwks_uri = discovery.jwks_uri;
OAuthClient.environment = { sandbox: `${base}/`, production: `${base}/` };

let names = 0;

/** Give a name nobody has, in other runs against the same books either. */
export function fresh(word) {
  names += 1;
  return `${word} ${process.pid}-${Date.now().toString(36)}-${names}`;
}

/** Give Intuit's OAuth client, with the endpoints of the simulator. */
export function oauthClient(given = {}) {
  const client = new OAuthClient({
    clientId: details.client_id,
    clientSecret: details.client_secret,
    environment: 'sandbox',
    redirectUri: CALLBACK,
    ...given,
  });
  return client.setAuthorizeURLs({
    authorizeEndpoint: discovery.authorization_endpoint,
    tokenEndpoint: discovery.token_endpoint,
    revokeEndpoint: discovery.revocation_endpoint,
    userInfoEndpoint: discovery.userinfo_endpoint,
  });
}

/** Walk through the consent page as a browser would; give the address it sends the browser to. */
export async function consent(authorizeUri, button = 'Connect') {
  const shown = await fetch(authorizeUri);
  const page = await shown.text();
  assert.equal(shown.status, 200, page);
  const form = new URLSearchParams();
  for (const [tag] of page.matchAll(/<input\b[^>]*>/g)) {
    const kind = attribute(tag, 'type');
    if (kind === 'hidden' || (kind === 'radio' && /\schecked\b/.test(tag))) {
      if (attribute(tag, 'name')) form.set(attribute(tag, 'name'), attribute(tag, 'value') ?? 'on');
    }
  }
  const [, pressed] = page.match(new RegExp(`(<button\\b[^>]*>)\\s*${button}\\s*</button>`));
  form.set(attribute(pressed, 'name'), attribute(pressed, 'value'));
  const action = attribute(page.match(/<form\b[^>]*>/)[0], 'action') || '';
  const answer = await fetch(new URL(action || authorizeUri, authorizeUri), {
    method: 'POST',
    body: form,
    redirect: 'manual',
  });
  assert.equal(answer.status, 302, await answer.text());
  return answer.headers.get('location');
}

function attribute(tag, name) {
  const found = tag.match(new RegExp(`\\s${name}="([^"]*)"`));
  return found && unescape(found[1]);
}

function unescape(text) {
  const signs = { amp: '&', lt: '<', gt: '>', quot: '"', '#34': '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#34|#39);/g, (_all, sign) => signs[sign]);
}

/** Connect with a grant of one's own; give the client that holds its tokens. */
export async function connected(scope = [OAuthClient.scopes.Accounting], given = {}) {
  const client = oauthClient(given);
  await client.createToken(await consent(client.authorizeUri({ scope, state: fresh('state') })));
  return client;
}

/** Give node-quickbooks with these tokens. */
export function quickbooks(token, refreshToken, company = realm) {
  const { client_id: id, client_secret: secret } = details;
  return new QuickBooks(id, secret, token, false, company, true, false, 75, '2.0', refreshToken);
}

const grant = (await connected()).getToken();

/** The client most tests use. */
export const qbo = quickbooks(grant.access_token, grant.refresh_token);

/** Call a method of node-quickbooks and give what its callback gets. */
export function call(method, ...given) {
  return callOf(qbo, method, ...given);
}

/** Call a method of some node-quickbooks. */
export function callOf(client, method, ...given) {
  assert.equal(typeof client[method], 'function', `node-quickbooks has no ${method}`);
  return new Promise((resolve, reject) => {
    client[method](...given, (problem, found) => {
      if (!problem) resolve(found);
      else reject(explained(problem, method));
    });
  });
}

/** Say in the message what was answered: the library tells the status only. */
function explained(problem, method) {
  if (problem.response) {
    const { data } = problem.response;
    const text = Buffer.isBuffer(data) ? data.toString() : JSON.stringify(data);
    problem.stack = `${method}: ${problem.message}\n${text?.slice(0, 1000)}`;
  }
  return problem;
}

/** Expect a refusal with a fault of this code; give the fault's first error. */
export async function refused(promise, code, wanted = 400) {
  const problem = await promise.then(
    (found) => assert.fail(`it was accepted: ${JSON.stringify(found)?.slice(0, 300)}`),
    (reason) => reason,
  );
  if (problem instanceof assert.AssertionError) throw problem;
  assert.ok(problem.response, `no answer at all: ${problem.message}`);
  const { status, data } = problem.response;
  const body = Buffer.isBuffer(data) ? JSON.parse(data.toString()) : data;
  assert.equal(status, wanted, JSON.stringify(body));
  assert.equal(body.Fault?.Error?.[0]?.code, code, JSON.stringify(body));
  assert.ok(problem.response.headers.intuit_tid);
  return body.Fault.Error[0];
}

/** Use the simulator's control page: to put it into a state that no client can ask for. */
export async function control(method, path, body) {
  const answer = await fetch(`${details.control_url}/api/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, await answer.clone().text());
  return answer.json();
}
