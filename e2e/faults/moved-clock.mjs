import { readFileSync } from "node:fs";

// Loaded into a server before its own code (NODE_OPTIONS): its clock is off by as many milliseconds as the file says, from the moment
// on that it says so. Time that is measured (performance.now, timers) goes on as it does when an operator sets a clock.
const { SNAPDECK_FAULT_CLOCK: file = "" } = process.env;
const RealDate = Date;

function offsetMs() {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return 0;
  }
}

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offsetMs());
    else super(...args);
  }

  static now() {
    return RealDate.now() + offsetMs();
  }
};
