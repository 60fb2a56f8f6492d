import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { look, openBrowser, type BrowserPage } from "../browser.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// Sessions in a real browser whose connection to the server is cut: by a proxy between them, which the test pulls.

let stage: Stage;
let cable: Cable;
let browser: BrowserPage;
let page: Page;
let device: VirtualDevice;
before(async () => {
  stage = await setStage({ devices: 1, fleet: { generations: ["16"] } });
  await untilProvisioned(stage, 1);
  device = stage.fleet.devices[0] ?? assert.fail();
  cable = await Cable.lay(Number(new URL(stage.url).port));
  browser = await openBrowser();
  ({ page } = browser);
  await page.goto((await stage.signInLink()).replace(stage.url, cable.url));
  await page.getByRole("heading", { name: "Fleet" }).waitFor();
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  cable.close();
  await stage[Symbol.asyncDispose]();
});

/** What is between a browser and the server. */
class Cable {
  readonly url: string;
  readonly #server: Server;
  readonly #ends: Set<Socket>;
  readonly #isIn: { is: boolean };

  private constructor(server: Server, ends: Set<Socket>, isIn: { is: boolean }) {
    this.#server = server;
    this.#ends = ends;
    this.#isIn = isIn;
    // It listens on a port of its own.
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async lay(to: number): Promise<Cable> {
    const ends = new Set<Socket>();
    const isIn = { is: true };
    const server = createServer((near) => {
      if (!isIn.is) return void near.destroy();
      const far = connect(to, "127.0.0.1");
      for (const one of [near, far]) {
        ends.add(one);
        one
          .on("error", () => {})
          .once("close", () => {
            ends.delete(one);
            near.destroy();
            far.destroy();
          });
      }
      near.pipe(far).pipe(near);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Cable(server, ends, isIn);
  }

  /** Nothing goes through any more, and nothing new either. */
  pull(): void {
    this.#isIn.is = false;
    for (const one of this.#ends) one.resetAndDestroy();
  }

  plugIn(): void {
    this.#isIn.is = true;
  }

  close(): void {
    this.pull();
    this.#server.close();
  }
}

const soon = { limitMs: 15_000, lookMs: 50 };
const broken = "The connection to the server is lost, and sought again.";

async function resumes(): Promise<number> {
  const { items } = await stage.client.audit.list({
    query: { device: device.firmware.uuid, search: "session.resumed" },
  });
  return items.length;
}

test("a serial line goes on after the connection was cut: what was typed and said meanwhile is there, once", async () => {
  const { firmware } = device;
  await page.goto(`${cable.url}/devices/${firmware.uuid}?tab=serial`);
  await page.getByRole("button", { name: "Open the serial line" }).click();
  await page.getByText("The machine is on.").waitFor();
  const terminal = page.locator(".xterm-rows");
  await page.keyboard.type("before\r");
  await until("the answer", async () => /before: unknown/.test(await terminal.innerText()), soon);
  cable.pull();
  await page.getByText(broken).waitFor();
  await page.keyboard.type("meanwhile\r");
  await look(page, "serial-broken");
  assert.notEqual(firmware.sessions.of("sol"), undefined, "the device has noticed nothing");
  cable.plugIn();
  await until("the answer to what was typed", async () => /meanwhile: unknown/.test(await terminal.innerText()), soon);
  await page.getByText(broken).waitFor({ state: "hidden" });
  assert.equal((await terminal.innerText()).match(/meanwhile: unknown/g)?.length, 1);
  assert.equal(await resumes(), 1);
  await page.getByRole("button", { name: "End the session" }).click();
  await until("it is over", () => firmware.sessions.of("sol") === undefined, soon);
});

test("a screen goes on after the connection was cut, and takes keys", async () => {
  const { firmware } = device;
  firmware.consent.start();
  firmware.consent.enter(Number(firmware.state.consent.code));
  await page.goto(`${cable.url}/devices/${firmware.uuid}?tab=screen`);
  await page.getByRole("button", { name: "Open the screen" }).click();
  await page.getByText("1024 × 768").waitFor();
  await until("pictures", async () => /[1-9]\d* frames/.test(await page.locator(".session-rates").innerText()), soon);
  cable.pull();
  await page.getByText(broken).waitFor();
  cable.plugIn();
  await page.getByText(broken).waitFor({ state: "hidden" });
  await until("pictures", async () => /[1-9]\d* frames/.test(await page.locator(".session-rates").innerText()), soon);
  await page.locator(".session-screen").focus();
  await page.keyboard.type("still here");
  await until("keys", () => firmware.machine.desktop.lines.some((line) => line.includes("still here")), soon);
  assert.equal(await resumes(), 2);
  // Leaving the page ends it: nobody is waited for.
  await page.goto(`${cable.url}/sessions`);
  await until("it is over", () => firmware.sessions.of("kvm") === undefined, { limitMs: 5_000 });
});
