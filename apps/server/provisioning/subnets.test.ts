import assert from "node:assert/strict";
import { test } from "node:test";
import { placeFinder, refuseSubnets } from "./subnets.ts";

test("networks of both families are taken", () => {
  refuseSubnets(["10.1.0.0/16", "0.0.0.0/0", "192.168.7.4/32", "2001:db8::/32", "::/0", "fd00:1:2:3:4:5:6:7/128"]);
});

for (const subnet of [
  "10.1.2.3/16",
  "10.1.0.0/33",
  "10.1.0/16",
  "256.1.0.0/16",
  "2001:db8::1/32",
  "1::2::3/64",
  "x/8",
  "1:2:3/48",
]) {
  test(`${subnet} is refused`, () => {
    assert.throws(() => refuseSubnets([subnet]), { code: "provisioning.site.subnet" });
  });
}

test("an address is in the site with the narrowest subnet that holds it, of its own family", () => {
  const placeOf = placeFinder([
    { name: "Everything", subnets: ["10.0.0.0/8", "2001:db8::/32"] },
    { name: "Berlin", subnets: ["10.1.0.0/16", "2001:db8:1::/48"] },
    { name: "Lab", subnets: ["10.1.7.64/26"] },
  ]);
  assert.deepEqual(["10.1.7.65", "10.1.7.1", "10.1.200.1", "10.2.0.1", "2001:db8:1::7", "2001:db8:2::7"].map(placeOf), [
    "site Lab",
    "site Berlin",
    "site Berlin",
    "site Everything",
    "site Berlin",
    "site Everything",
  ]);
});

test("outside every site an address counts with its /24, one of IPv6 with its /64, and a name with its domain", () => {
  const placeOf = placeFinder([{ name: "Elsewhere", subnets: ["172.16.0.0/12"] }]);
  const areTogether = (one: string, other: string): boolean => placeOf(one) === placeOf(other);
  assert.ok(areTogether("10.1.2.3", "10.1.2.200") && !areTogether("10.1.2.3", "10.1.3.3"));
  assert.ok(areTogether("fd00:1:2:3::1", "FD00:1:2:3:ffff::9") && !areTogether("fd00:1:2:3::1", "fd00:1:2:4::1"));
  assert.ok(areTogether("fe80::1%eth0", "fe80::2"));
  assert.ok(
    areTogether("pc1.berlin.example", "PC2.Berlin.Example") && !areTogether("pc1.berlin.example", "pc1.rome.example"),
  );
});
