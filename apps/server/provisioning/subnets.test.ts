import assert from "node:assert/strict";
import { test } from "node:test";
import { refuseSubnets } from "./subnets.ts";

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
