/* What the first rows do not need is fetched when somebody wants it, or once the page is at rest. */
import { t } from "../core/words.js";
import { toastError } from "../ui/toast.js";

const REST = 2000;

/** Gives the parts that come later; says so when they cannot be had. */
export async function parts() {
  try {
    return await import("./parts.js");
  } catch (error) {
    toastError(new Error(t("This part of the page could not be loaded. Check the connection, or reload the page.")));
    throw error;
  }
}

/** Fetches them while nobody waits, so that later they are there at once, also after a new release. */
export function fetchAtRest(sheet) {
  if (!sheet.place.embedded) setTimeout(() => import("./parts.js").catch(() => {}), REST);
}
