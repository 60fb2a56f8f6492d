// Has MeshCentral's own IDE-R client show an ISO image to one device. Arguments: its folder, host, image. The password comes by environment.
// Prints one line of JSON for each state that it comes to; ends when it is told to.
const { createHash } = require("node:crypto");
const { join } = require("node:path");

const [folder, host, image] = process.argv.slice(2);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

// What it takes from the rest of MeshCentral.
const bytesOf = (text) => Buffer.from(text, "binary");
const webserver = {
  common: {
    IntToStrX: (value) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(value);
      return bytes.toString("binary");
    },
    ReadIntX: (text, offset) => bytesOf(text).readUInt32LE(offset),
    rstr2hex: (text) => bytesOf(text).toString("hex"),
  },
};
const md5 = () => {
  const hash = createHash("md5");
  const chain = {
    update: (text) => (hash.update(text, "binary"), chain),
    digest: () => ({ toHex: () => hash.digest("hex") }),
  };
  return chain;
};
const node = { host, meshid: "m", intelamt: { user: "admin", pass: process.env.PASSWORD, tls: 0 } };
const meshcentral = {
  debugLevel: 0,
  certificateOperations: { forge: { md: { md5: { create: md5 } } } },
  db: { Get: (_id, done) => done(null, [node]) },
  GetConnectivityState: () => ({ connectivity: 4 }),
  mpsserver: { GetConnectionToNode: () => null },
};

const ider = require(join(folder, "amt-ider-module.js")).CreateAmtRemoteIder(webserver, meshcentral);
say({ disk: ider.diskSetup(null, image) });
const user = { name: "lab", links: { m: { rights: 8 } } };
const redirect = require(join(folder, "amt-redir-mesh.js")).CreateAmtRedirect(ider, null, user, webserver, meshcentral);
redirect.onStateChanged = (_redirect, state) => say({ state });
redirect.Start("n");
process.on("SIGTERM", () => process.exit(0));
