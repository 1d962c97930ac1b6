/* Bundles src/ into dist/: app.js for every page, grid.js for the spreadsheet, first.js for its first rows, one app.css, the two SVG files. */
import { build } from "esbuild";
import { copyFile, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const source = dirname(fileURLToPath(import.meta.url));
const target = join(source, "..", "dist");

for (const name of await readdir(target).catch(() => [])) {
  await rm(join(target, name));
}

await build({
  entryPoints: { app: join(source, "app.js"), grid: join(source, "grid.js") },
  outdir: target,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: ["es2022"],
  // The hash keeps a cached old chunk from being paired with a new entry.
  chunkNames: "shared-[hash]",
  legalComments: "none",
  logLevel: "info",
});

// On its own: the page waits for it before it is drawn.
await build({
  entryPoints: { first: join(source, "first.js") },
  outdir: target,
  bundle: true,
  format: "iife",
  minify: true,
  target: ["es2022"],
  legalComments: "none",
  logLevel: "info",
});

await build({
  entryPoints: { app: join(source, "styles", "app.css") },
  outdir: target,
  bundle: true,
  minify: true,
  target: ["chrome111", "firefox113", "safari16.4"],
  // The glyphs of cells: part of the style sheet.
  loader: { ".svg": "dataurl" },
  logLevel: "info",
});

for (const name of ["icons.svg", "mark.svg"]) {
  await copyFile(join(source, name), join(target, name));
}
