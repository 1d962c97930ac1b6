/* The import pages: dropping a file, and the preview that follows every change of a column or option. */
import { debounce } from "../core/dom.js";
import { postForm } from "../core/http.js";
import { t } from "../core/words.js";
import { swapSections } from "../ui/live.js";
import { toast, toastError } from "../ui/toast.js";

function startUpload(form) {
  const drop = form.querySelector("[data-drop]");
  const input = form.querySelector('input[type="file"]');
  const name = form.querySelector("[data-file-name]");
  const limit = Number(form.dataset.maxMb) * 1024 * 1024;
  const over = (event) => drop.classList.toggle("over", event.type === "dragover" || event.type === "dragenter");
  for (const type of ["dragenter", "dragover", "dragleave", "drop"]) drop.addEventListener(type, over);
  input.addEventListener("change", () => {
    const file = input.files[0];
    if (file && limit && file.size > limit) {
      toast(t("{name} is larger than {maxMb} MB. Split it and import the parts.", { name: file.name, maxMb: form.dataset.maxMb }), { tone: "red" });
      input.value = "";
    } else if (file) {
      name.textContent = t("{name} · {toFixed} KB", { name: file.name, toFixed: (file.size / 1024).toFixed(0) });
    }
  });
}

function showSamples(form) {
  for (const select of form.querySelectorAll("select[name^='map_']")) {
    const sample = select.parentElement.querySelector("[data-sample]");
    if (sample) sample.textContent = select.selectedOptions[0]?.dataset.samples ?? "";
  }
}

function startMapping(form) {
  showSamples(form);
  form.querySelector("[data-preview]").hidden = true;
  const refresh = debounce(async () => {
    const data = new FormData(form);
    data.set("step", "preview");
    try {
      swapSections(await postForm(form.action, data), form);
    } catch (error) {
      toastError(error);
    }
  }, 300);
  form.addEventListener("change", () => {
    showSamples(form);
    refresh();
  });
}

export function startImport() {
  const upload = document.querySelector("form[data-upload]");
  if (upload) startUpload(upload);
  const mapping = document.querySelector("form[data-mapping]");
  if (mapping) startMapping(mapping);
}
