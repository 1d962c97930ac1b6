/* Making the missing record right in the cell of a link, by its name alone. */
import { announce } from "../core/announce.js";
import { postJson } from "../core/http.js";
import { t } from "../core/words.js";
import { toastError } from "../ui/toast.js";

/** The choices found, and one more that makes the record when none is called so. */
export function withCreate(source, kind) {
  return async (text) => {
    const options = await source(text);
    const name = text.trim();
    if (!name || options.some((option) => option.label.trim().toLowerCase() === name.toLowerCase())) return options;
    return [...options, { id: "", label: t("Create {kind} “{name}”", { kind, name }), make: name }];
  };
}

/** Makes the record and ends the edit with it; a refusal leaves the editor open with what was typed. */
export async function makeHere(editor, name) {
  const { sheet, spec, input } = editor;
  input.readOnly = true;
  try {
    const answer = await postJson(sheet.config.urls.paste_names, { column: spec.name, texts: [name] });
    const [made] = answer.made;
    if (!made?.id) throw new Error(made?.reason ?? t("It could not be made."));
    announce(t("{name} created", { name }));
    if (editor.gone) return;
    editor.picked = String(made.id);
    editor.label = input.value = made.label;
    editor.finish(editor.way ?? null);
  } catch (error) {
    input.readOnly = false;
    toastError(error);
  }
}
