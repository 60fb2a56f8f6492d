import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { IPS_KVMRedirectionSettingData } from "@vigil/model/ips/IPS_KVMRedirectionSettingData.ts";
import { encodings, encodeViewerMessage, versionText } from "@vigil/wire/redirection/kvm.ts";
import { ScreenReader, type ScreenEvent } from "@vigil/wire/redirection/kvm-screen-reader.ts";
import type { VirtualDevice } from "../device.ts";
import type { Fleet } from "../fleet.ts";
import { passwordResponse } from "../redirection/screen-password.ts";
import { Asker } from "../testing/firmware-under-test.ts";
import { aFleet, deviceOf } from "../testing/tools.ts";

// The plain screen port, over a real socket.

const screenPort = 5_900;
const password = "P@ssw0rd";
const provisioned = { password: "P@ssw0rd!", hostName: "lone", acceptsPlain: true };

async function aScreen(): Promise<{ readonly fleet: Fleet; readonly device: VirtualDevice; readonly manager: Asker }> {
  const fleet = await aFleet({ provisioned });
  const device = deviceOf(fleet);
  return { fleet, device, manager: new Asker(device.firmware) };
}

/** A VNC viewer without a screen. */
class RawViewer {
  readonly events: ScreenEvent[] = [];
  readonly #reader = new ScreenReader(true);
  readonly #socket: Socket;
  #wake: () => void = () => {};
  isOver = false;

  constructor(host: string) {
    this.#socket = connect({ host, port: screenPort });
    this.#socket.on("data", (bytes) => {
      for (const event of this.#reader.push(bytes)) this.events.push(event);
      this.#wake();
    });
    this.#socket.on("error", () => {});
    this.#socket.once("close", () => {
      this.isOver = true;
      this.#wake();
    });
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The first event of one of these kinds; undefined when the connection ended without. */
  async first<K extends ScreenEvent["kind"]>(...kinds: readonly K[]): Promise<(ScreenEvent & { kind: K }) | undefined> {
    for (;;) {
      const found = this.events.find((one): one is ScreenEvent & { kind: K } =>
        kinds.some((kind) => kind === one.kind),
      );
      if (found !== undefined || this.isOver) return found;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async over(): Promise<void> {
    while (!this.isOver) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** @returns why it is not let in; undefined when it is */
  async logIn(secret: string): Promise<string | undefined> {
    this.write(Buffer.from(versionText));
    const offer = await this.first("security", "refused");
    if (offer?.kind !== "security") return offer?.reason ?? "gone";
    this.write(Uint8Array.of(2));
    const challenge = await this.first("challenge");
    assert.ok(challenge !== undefined);
    this.write(passwordResponse(secret, challenge.bytes));
    const result = await this.first("admitted", "refused");
    return result?.kind === "admitted" ? undefined : (result?.reason ?? "gone");
  }

  close(): void {
    this.#socket.destroy();
  }
}

function auditOf({ firmware }: VirtualDevice): readonly string[] {
  return firmware.state.audit.records.map((one) => Buffer.from(one, "base64").subarray(0, 5).toString("hex"));
}

test("the port opens with its switch and a password, lets in who knows it, one at a time, and closes again", async () => {
  const { fleet, device, manager } = await aScreen();
  try {
    const before = new RawViewer(device.address);
    await before.over();
    const changes = { Is5900PortEnabled: true, RFBPassword: password, OptInPolicy: false };
    await manager.put(IPS_KVMRedirectionSettingData, changes);
    await device.settlePorts();
    const viewer = new RawViewer(device.address);
    assert.equal(await viewer.logIn(password), undefined);
    viewer.write(Uint8Array.of(1));
    assert.equal((await viewer.first("init"))?.width, 1024);
    viewer.write(encodeViewerMessage({ kind: "encodings", encodings: [encodings.raw] }));
    const whole = { kind: "request", isIncremental: false, x: 0, y: 0, width: 1024, height: 768 } as const;
    viewer.write(encodeViewerMessage(whole));
    await viewer.first("updated");
    assert.equal(viewer.events.filter((one) => one.kind === "tile").length, 192);
    const second = new RawViewer(device.address);
    assert.equal(await second.logIn(password), "A KVM session is already active");
    await manager.call(IPS_KVMRedirectionSettingData, "TerminateSession", {});
    await viewer.over();
    assert.deepEqual(auditOf(device).slice(-2), ["0012000803", "0012000903"]);
    await manager.put(IPS_KVMRedirectionSettingData, { Is5900PortEnabled: false });
    await device.settlePorts();
    const after = new RawViewer(device.address);
    await after.over();
    assert.deepEqual(after.events, []);
  } finally {
    await fleet.stop();
  }
});

test("the third wrong password blocks the port, and consent is asked for where the settings want it", async () => {
  const { fleet, device, manager } = await aScreen();
  try {
    await manager.put(IPS_KVMRedirectionSettingData, { Is5900PortEnabled: true, RFBPassword: password });
    await device.settlePorts();
    const refusalOf = async (secret: string): Promise<string | undefined> => {
      const viewer = new RawViewer(device.address);
      const refusal = await viewer.logIn(secret);
      viewer.close();
      return refusal;
    };
    assert.equal(await refusalOf(password), "User consent is required");
    await manager.put(IPS_KVMRedirectionSettingData, { OptInPolicy: false });
    for (let turn = 0; turn < 3; turn += 1) assert.equal(await refusalOf("P@ssw0re"), "The password is wrong");
    assert.equal(await refusalOf(password), "Too many wrong passwords");
    assert.equal(auditOf(device).at(-1), "0012000c03");
  } finally {
    await fleet.stop();
  }
});
