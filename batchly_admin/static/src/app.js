/* What every page runs. The spreadsheet itself is in grid.js. */
import { startImport } from "./pages/import.js";
import { startRecord } from "./pages/record.js";
import { startRun } from "./pages/run.js";
import { startForms } from "./ui/forms.js";
import { startFrame } from "./ui/frame.js";
import { startKeys } from "./ui/keys.js";
import { startLive } from "./ui/live.js";
import { startPalette } from "./ui/palette.js";
import { startTimes } from "./ui/times.js";
import { showFlashes } from "./ui/toast.js";
import { startTray } from "./ui/tray.js";

startFrame();
startPalette();
startKeys();
startTimes();
startForms();
startTray();
startLive();
startImport();
startRecord();
startRun();
showFlashes();
