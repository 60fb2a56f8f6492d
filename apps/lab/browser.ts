import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { chromium, type Page } from "playwright-core";

/** A page in a real browser. */
export interface BrowserPage extends AsyncDisposable {
  readonly page: Page;
  /** What went wrong in the page itself: uncaught errors, and what it wrote to its console, with the path that it is about. */
  readonly problems: string[];
}

const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

/** Opens Chromium, or the browser that VIGIL_CHROMIUM names, on an empty page of 1280 by 800 pixels. */
export async function openBrowser(): Promise<BrowserPage> {
  const executablePath = process.env["VIGIL_CHROMIUM"] ?? candidates.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error("Missing: Chromium. Get it: sudo apt-get install chromium");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", ...quiet] });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: "dark",
    reducedMotion: "reduce",
    bypassCSP: true,
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() !== "error" || message.text().includes("401")) return;
    const { url } = message.location();
    problems.push(URL.canParse(url) ? `${message.text()} ${new URL(url).pathname}` : message.text());
  });
  return { page, problems, [Symbol.asyncDispose]: () => browser.close() };
}

/** Opens it signed in, on the console's first page. */
export async function openConsole(stage: { signInLink(): Promise<string> }): Promise<BrowserPage> {
  const browser = await openBrowser();
  await browser.page.goto(await stage.signInLink());
  await browser.page.getByRole("heading", { name: "Fleet" }).waitFor();
  return browser;
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Serious and critical accessibility findings: rule, and the first place. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found: unknown = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations" +
      ".filter(({ impact }) => impact === 'serious' || impact === 'critical')" +
      ".map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 160) + ' ' + nodes[0].failureSummary))",
  );
  if (!Array.isArray(found)) throw new Error("axe gave no list");
  return found.map(String);
}

/** Pictures of each state, for people to look at: a folder for each test file. */
const pictures = join(
  process.env["VIGIL_PICTURES"] ?? join(import.meta.dirname, "../../test-artefacts"),
  basename(process.argv[1] ?? "", ".test.ts"),
);

/** Ends what moves, once it has begun to: a colour on its way from one theme to the other is judged by where it goes. */
const settled =
  "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))).then(() => document.getAnimations()" +
  ".filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))" +
  ".forEach((one) => one.finish()))";

/** What is shown keeps nobody out, in either theme. */
export async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(settled);
    await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) });
    assert.deepEqual(await faultsOf(page), [], `${name} ${colorScheme}`);
  }
}
