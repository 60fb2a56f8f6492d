import type { Firmware } from "../firmware.ts";

const product = "Intel&reg; Active Management Technology";
const refusal = "Log on failed. Incorrect user name or password, or user account temporarily locked.";

/** A page of the firmware; lengths as recorded, the markup between the known facts is ours. @source protocols A.2, A.14 */
export function unauthorizedPage(firmware: Firmware): string {
  const isOld = Number(firmware.release.split(".")[0]) < 15;
  const heading = isOld
    ? `<table class=header><tr><td><p class=top1>${product}</p></td><td><img src=logo.gif alt=""></td></tr></table>`
    : `<h1>Intel<sup>&reg;</sup> Active Management Technology</h1>`;
  const again = isOld
    ? '<form method="GET" action="index.htm"><p><input type=submit value="Try again"></p></form>'
    : "";
  return padded(page(`${heading}\n<h2 class=warn>${refusal}</h2>\n${again}`), isOld ? 690 : 693);
}

/** The logon page: what a browser sees first. */
export function logonPage(): string {
  return page(
    `<h1>Log On</h1>\n<p>Log on to ${product} on this computer.</p>\n<form method="GET" action="index.htm"><p><input type=submit value="Log On..."></p></form>`,
  );
}

/** What a signed-in user sees: the first functional page, reduced to facts. */
export function statusPage(firmware: Firmware): string {
  const { hostName, powerState } = firmware.state;
  const rows = [
    ["Computer", hostName],
    ["Power", powerState === 2 ? "On" : "Off"],
    ["System ID", firmware.uuid],
    ["Date", new Date(firmware.now()).toUTCString()],
  ];
  const cells = rows.map(([name, value]) => `<tr><td>${name}</td><td>${value}</td></tr>`).join("");
  return page(`<h1>System Status</h1>\n<table>${cells}</table>`);
}

/** @param sentence plain text of ours */
export function errorPage(sentence: string): string {
  return page(`<h2 class=warn>${sentence}</h2>`);
}

function page(body: string): string {
  return [
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" >',
    '<html lang="en"><head><link rel=stylesheet href=/styles.css>',
    '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">',
    `<title>${product}</title></head>`,
    `<body>\n${body}\n</body></html>\n`,
  ].join("\n");
}

/** Blanks at the end bring it to the recorded length. */
function padded(text: string, length: number): string {
  return text.trimEnd().padEnd(length - 1, " ") + "\n";
}
