// MeshCentral's own hello server on a port of its choice, on the loopback alone. Argument: its folder. Prints the port, then what it made of
// the first hello, each as one JSON line.
const net = require("node:net");
const { join } = require("node:path");

// It listens on every address, and says so on stdout.
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port) {
  return listen.call(this, { port, host: "127.0.0.1" }, () => say({ port: this.address().port }));
};
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
console.log = () => {};

const { CreateAmtProvisioningServer } = require(join(process.argv[2], "amtprovisioningserver.js"));
const root = { subject: { getField: () => ({ value: "root" }) } };
const parent = {
  // What it is about to say of a device; by the next turn it has put it into its list.
  debug: (_topic, ...words) => {
    const text = words.join(" ");
    if (/invalid hello/.test(text)) finish({ refused: text });
    else if (/Got hello/.test(text)) setImmediate(() => finish(Object.values(server.devices)[0]));
  },
  certificates: { root: { cert: "" } },
  certificateOperations: { forge: { pki: { certificateFromPem: () => root } } },
  // No such group: it reads the hello, and leaves the device alone.
  webserver: { meshes: {} },
  config: { domains: { "": {} } },
};
const server = CreateAmtProvisioningServer(parent, { port: 0, devicegroup: "none", newmebxpassword: "P@ssw0rd!" });

function finish(device) {
  const { guid, helloversion, retryCount, adminCredentialsSet, hashes, refused } = device ?? { refused: "no device" };
  say({ guid, helloversion, retryCount, adminCredentialsSet, hashes, refused });
  process.exit(0);
}
