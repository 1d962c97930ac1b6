/* The page of a run: what takes back its documents opens in the dialog of that action. */
import { delegate } from "../core/dom.js";
import { getJson } from "../core/http.js";
import { t } from "../core/words.js";
import { startOffer } from "../ui/run_progress.js";
import { toast, toastError } from "../ui/toast.js";

async function start({ run, runOffer }) {
  const { offers } = await getJson(run);
  const offer = offers.find((one) => one.name === runOffer);
  if (offer) startOffer(offer);
  else toast(t("Nothing of this run is left to take back."), { tone: "amber" });
}

export function startRun() {
  delegate("click", "[data-run-offer]", (_event, trigger) => start(trigger.dataset).catch(toastError));
}
