/* Talking JSON with the server: token on every write, errors as one class with words for a person. */
import { t } from "./words.js";

/** A refused or failed request: `code`, `status`, `fields` as the server named them. */
export class RequestFailed extends Error {
  constructor(message, { code = "unknown", status = 0, fields = [] } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

function token() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

async function failure(response) {
  let error = {};
  try {
    error = (await response.json()).error ?? {};
  } catch {
    // Not JSON: a proxy's page, or a log-in redirect.
  }
  const words = {
    401: t("You have been logged out. Log in again in another tab, then repeat this."),
    403: t("Your role does not allow this."),
    404: t("It is not there any more."),
    413: t("That is too large."),
    429: t("Too many requests. Wait a moment."),
  };
  const message = error.message ?? words[response.status] ?? t("The server could not do this. Nothing was changed.");
  return new RequestFailed(message, { code: error.code, status: response.status, fields: error.fields });
}

async function send(url, { unchanged = false, ...options }) {
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RequestFailed(t("No connection to the server. Check the network and try again."), { code: "offline" });
  }
  if (response.redirected && new URL(response.url).pathname.startsWith("/login")) {
    throw new RequestFailed(t("You have been logged out. Log in again in another tab, then repeat this."), { status: 401 });
  }
  if (!response.ok && !(unchanged && response.status === 304)) throw await failure(response);
  return response;
}

export async function getJson(url, signal) {
  const response = await send(url, { headers: { Accept: "application/json" }, signal });
  return response.json();
}

/** Asks again with the tag of the last answer; gives null when nothing has changed since. */
export async function getIfChanged(url, tag) {
  const headers = { Accept: "application/json", "X-Batchly-Live": "1" };
  if (tag) headers["If-None-Match"] = tag;
  const response = await send(url, { headers, cache: "no-store", unchanged: true });
  if (response.status === 304) return null;
  return { tag: response.headers.get("ETag") ?? "", body: await response.json() };
}

export async function getText(url, headers = {}) {
  const response = await send(url, { headers: { Accept: "text/html", ...headers } });
  return response.text();
}

export async function postJson(url, body = {}) {
  const response = await send(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
    body: JSON.stringify(body),
  });
  return response.status === 204 ? {} : response.json();
}

/** Sends one file; `changeSet` is the set that an earlier one began. */
export async function postFile(url, file, changeSet = null) {
  const data = new FormData();
  data.append("file", file, file.name);
  if (changeSet) data.append("change_set", changeSet);
  const response = await send(url, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": token() }, body: data });
  return response.json();
}

/** Posts a form's fields, answers the HTML of the page that comes back. */
export async function postForm(url, data) {
  const response = await send(url, { method: "POST", headers: { Accept: "text/html", "X-CSRFToken": token(), "X-Batchly-Live": "1" }, body: data });
  return response.text();
}
