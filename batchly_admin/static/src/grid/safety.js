/* What keeps people from overwriting each other: news of others, who is where, edited rows that stay put. */
import { startFeed } from "./feed.js";
import { startStaying } from "./staying.js";

export function startSafety(sheet) {
  startStaying(sheet);
  startFeed(sheet);
}
