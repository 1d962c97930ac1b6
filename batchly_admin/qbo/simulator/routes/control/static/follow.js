// Shows new requests as they come in; without it the page shows those it was asked for.
const log = document.getElementById("log");
const wait = Number(log.dataset.follow) * 1000;

async function renew() {
  if (document.hidden || log.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("log");
  if (fresh && fresh.innerHTML !== log.innerHTML) log.replaceChildren(...fresh.childNodes);
}

setInterval(() => renew().catch(() => {}), wait);
