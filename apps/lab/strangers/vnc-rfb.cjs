// Drives vnc-rfb-client: node --openssl-legacy-provider vnc-rfb.cjs FOLDER HOST. The password comes in PASSWORD. It prints one JSON line for each update:
// the screen's size and the SHA-256 of all its pixels, 16 bits each, as they came. The line "quit" ends it.
const { createHash } = require("node:crypto");
const { join } = require("node:path");
const { createInterface } = require("node:readline");

// It talks while it works.
console.log = () => {};
const [folder, host] = process.argv.slice(2);
const VncClient = require(join(folder, "vncclient.js"));
const client = new VncClient({ encodings: [VncClient.consts.encodings.raw], fps: 10 });

let screen = Buffer.alloc(0);
let tiles = 0;
client.on("rectProcessed", ({ x, y, width, height, data }) => {
  const { clientWidth, clientHeight } = client;
  if (screen.length === 0) screen = Buffer.alloc(clientWidth * clientHeight * 2);
  for (let row = 0; row < height; row += 1) {
    data.copy(screen, ((y + row) * clientWidth + x) * 2, row * width * 2, (row + 1) * width * 2);
  }
  tiles += 1;
});
client.on("frameUpdated", () => {
  const { clientWidth: width, clientHeight: height, clientName: name, pixelFormat } = client;
  const sha256 = createHash("sha256").update(screen).digest("hex");
  const seen = { width, height, name, bits: pixelFormat.bitsPerPixel, tiles, sha256 };
  process.stdout.write(`${JSON.stringify(seen)}\n`);
});
for (const event of ["authError", "connectError", "closed"]) {
  client.on(event, (reason) => {
    console.error(event, reason ?? "");
    process.exit(1);
  });
}
createInterface({ input: process.stdin }).on("line", (line) => {
  if (line === "quit") process.exit(0);
});
client.connect({ host, port: 5900, password: process.env.PASSWORD });
