/* The files of a record: a list with download, rename and remove, and every way to add some: picker, camera, drop, paste. */
import { announce } from "../core/announce.js";
import { button, h, icon } from "../core/dom.js";
import { moment, relative } from "../core/format.js";
import { getJson, postFile, postJson } from "../core/http.js";
import { t } from "../core/words.js";

const FINGERS = matchMedia("(pointer: coarse)");

/** Whether what is dragged or pasted are files. */
export function holdsFiles(transfer) {
  return [...(transfer?.types ?? [])].includes("Files");
}

/** The files that are pasted: none where there is text too, of which a spreadsheet adds a picture. */
export function pastedFiles(clipboard) {
  return clipboard?.getData("text/plain") ? [] : [...(clipboard?.files ?? [])];
}

/** Files with a name of their own: a picture that is pasted has none. */
export function namedFiles(files) {
  const now = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", "-");
  return files.map((file) => (/^image\.\w+$/.test(file.name) ? new File([file], file.name.replace("image", `Picture ${now}`), { type: file.type }) : file));
}

/** Sends files one after the other into one change set. Answers {state, added, refused, changeSet}. */
export async function sendFiles(url, files, state, tell = () => {}) {
  const done = { state, added: 0, refused: [], changeSet: null };
  for (const [index, file] of files.entries()) {
    tell(t("Adding {name}{length}…", { name: file.name, length: files.length > 1 ? t(", {index} of {length}", { index: index + 1, length: files.length }) : "" }));
    if (file.size > state.limits.bytes) {
      done.refused.push({ name: file.name, reason: t("{name} is too large. Taken are {words}.", { name: file.name, words: state.limits.words }) });
      continue;
    }
    try {
      const answer = await postFile(url, file, done.changeSet);
      done.state = answer;
      done.added += answer.added;
      done.refused.push(...answer.refused);
      done.changeSet ??= answer.change_set;
    } catch (error) {
      done.refused.push({ name: file.name, reason: `${file.name}: ${error.message}` });
    }
  }
  return done;
}

/** What became of files that were sent, in a sentence. */
export function sentWords({ added, refused }) {
  const count = added === 1 ? t("1 file added.") : t("{added} files added.", { added });
  return [added > 0 && count, ...refused.map(({ reason }) => reason)].filter(Boolean).join(" ");
}

export class FilesBox {
  /** `onchange(state)` hears of every change made here. */
  constructor({ url, onchange = () => {} }) {
    Object.assign(this, { url, onchange, state: null, busy: false });
    this.list = h("ul", { class: "files-list" });
    this.ways = h("div", { class: "files-ways" });
    this.words = h("div", { class: "files-words", role: "status" });
    this.node = h("div", { class: "files-box" }, this.list, this.words, this.ways);
    this.listen(this.node);
  }

  async load() {
    try {
      this.draw(await getJson(this.url));
    } catch (error) {
      this.say(error.message, { tone: "red" });
    }
    return this;
  }

  draw(state) {
    const first = !this.state;
    this.state = state;
    const none = h("li", { class: "muted" }, t("No files yet."));
    this.list.replaceChildren(...(state.files.length ? state.files.map((file) => this.row(file)) : [none]));
    if (first && state.may) this.drawWays();
  }

  /** The rows again, after a change made here. */
  take(state) {
    this.draw(state);
    this.onchange(state);
  }

  say(text, { tone = "", undo = null } = {}) {
    const back = undo && this.state?.may_undo ? button(t("Undo"), { class: "button small", onclick: () => this.undo(undo) }) : null;
    this.words.replaceChildren(...[text && h("span", { class: tone && `tone-${tone}` }, text), back].filter(Boolean));
  }

  // The list

  row(file) {
    const about = [file.words, file.by, relative(file.at)].filter(Boolean).join(" · ");
    const name = h("a", { class: "files-name", href: file.url, download: file.name, title: t("Download {name}", { name: file.name }) }, file.name);
    const small = (label, glyph, props) => h("button", { type: "button", class: "button ghost small square", "aria-label": `${label} ${file.name}`, title: label, ...props }, icon(glyph));
    const row = h("li", { data: { file: file.id } }, icon("files"), h("div", { class: "files-about" }, name, h("span", { class: "muted small", title: moment(file.at) }, about)),
      file.shown && h("a", { class: "button ghost small square", href: file.shown, target: "_blank", rel: "noopener", "aria-label": t("Show {name}", { name: file.name }), title: t("Show") }, icon("open")),
      this.state.may && small(t("Rename"), "edit", { onclick: () => this.editName(file, name) }),
      this.state.may && small(t("Remove"), "trash", { onclick: () => this.remove(file) }));
    return row;
  }

  editName(file, name) {
    const stem = file.name.replace(/\.[^.]*$/, "");
    const input = h("input", { class: "input", type: "text", value: stem, "aria-label": t("New name of {name}", { name: file.name }), maxLength: 180 });
    let over = false;
    const stop = (save) => {
      // Taken out of the page, the field loses the focus once more.
      if (over) return;
      over = true;
      const wanted = input.value.trim();
      input.replaceWith(name);
      name.focus();
      if (save && wanted && wanted !== stem) this.rename(file, wanted);
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      stop(event.key === "Enter");
    });
    input.addEventListener("blur", () => stop(true));
    name.replaceWith(input);
    input.select();
  }

  rename(file, name) {
    return this.work(async () => {
      const answer = await postJson(file.url, { name, seen: file.name });
      this.take(answer);
      this.say(t("Renamed."), { undo: answer.change_set });
    });
  }

  remove(file) {
    return this.work(async () => {
      const { change_set: undo } = await postJson(this.state.remove_url, { ids: [file.id] });
      this.take(await getJson(this.url));
      this.say(t("{name} removed. It stays in the trash for 90 days.", { name: file.name }), { undo });
      this.node.querySelector("button")?.focus();
    });
  }

  undo(changeSet) {
    return this.work(async () => {
      const { conflicts } = await postJson(`/history/${changeSet}/undo`);
      this.take(await getJson(this.url));
      this.say(conflicts[0]?.reason ?? t("Taken back."));
    });
  }

  /** One thing after the other; what the server refuses is told here. */
  async work(act) {
    if (this.busy) return;
    this.busy = true;
    this.node.setAttribute("aria-busy", "true");
    try {
      await act();
    } catch (error) {
      this.say(error.message, { tone: "red" });
      announce(error.message);
    } finally {
      this.busy = false;
      this.node.removeAttribute("aria-busy");
    }
  }

  // Adding

  drawWays() {
    const { accept, words } = this.state.limits;
    const picker = (props) => {
      const input = h("input", { type: "file", hidden: true, tabIndex: -1, ...props });
      input.addEventListener("change", () => {
        this.add([...input.files]);
        input.value = "";
      });
      return input;
    };
    const files = picker({ multiple: true, accept });
    const camera = FINGERS.matches && picker({ accept: "image/*", capture: "environment" });
    const hint = FINGERS.matches ? t("Taken are {words}.", { words }) : t("Or drop them here, or paste a picture. Taken are {words}.", { words });
    this.ways.replaceChildren(...[
      button(t("Add files…"), { class: "button", onclick: () => files.click() }, "upload"), files,
      camera && button(t("Take a photo"), { class: "button", onclick: () => camera.click() }, "camera"), camera,
      h("p", { class: "muted small" }, hint),
    ].filter(Boolean));
  }

  add(files) {
    if (!files.length || !this.state?.may) return Promise.resolve();
    return this.work(async () => {
      const done = await sendFiles(this.url, files, this.state, (text) => this.say(text));
      if (done.added) this.take(done.state);
      this.say(sentWords(done), { tone: done.refused.length ? "red" : "", undo: done.changeSet });
    });
  }

  /** Takes what is dropped or pasted inside a node. */
  listen(around) {
    const over = (event) => {
      if (!holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      event.stopPropagation();
      event.dataTransfer.dropEffect = this.state?.may ? "copy" : "none";
      this.ways.classList.toggle("over", Boolean(this.state?.may));
    };
    around.addEventListener("dragenter", over);
    around.addEventListener("dragover", over);
    around.addEventListener("dragleave", () => this.ways.classList.remove("over"));
    around.addEventListener("drop", (event) => {
      if (!holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      event.stopPropagation();
      this.ways.classList.remove("over");
      this.add([...event.dataTransfer.files]);
    });
    around.addEventListener("paste", (event) => {
      const files = pastedFiles(event.clipboardData);
      if (!files.length) return;
      event.preventDefault();
      event.stopPropagation();
      this.add(namedFiles(files));
    });
  }
}
