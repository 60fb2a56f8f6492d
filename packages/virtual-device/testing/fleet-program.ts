import { aFleet, deviceOf } from "./tools.ts";

// `node fleet-program.ts FOLDER`: a fleet of one whose host name changes for ever; prints each name once it was saved.

const [directory = ""] = process.argv.slice(2);
const fleet = await aFleet({ directory });
const device = deviceOf(fleet);
for (let count = 1; ; count += 1) {
  device.firmware.change((state) => (state.hostName = `name-${count}`));
  device.save();
  process.stdout.write(`${count} ${device.firmware.uuid}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
