import { parseArgs } from "node:util";
import { systemClock } from "@vigil/base/clock.ts";
import { jsonLog } from "@vigil/base/log.ts";
import { startServer } from "@vigil/server/compose.ts";
import { serverConfig } from "@vigil/server/config.ts";
import { enrolled } from "../enrolling.ts";

// The server of a stage whose devices are set up already: as apps/server/main.ts, and it answers the fleet's questions.

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "" },
    http: { type: "string", default: "0" },
    hello: { type: "string", default: "0" },
    domain: { type: "string", default: "" },
    database: { type: "string" },
    json: { type: "boolean" },
  },
});
const clock = systemClock();
const log = jsonLog({ write: (line) => process.stderr.write(line), clock, level: "info" });
const config = serverConfig({
  mode: "server",
  dataDirectory: values.data,
  http: values.http,
  helloPort: Number(values.hello),
  domainSuffix: values.domain,
  ...(values.database === undefined ? {} : { databaseUrl: values.database }),
});
const server = await startServer(config, { clock, log });
process.on("message", (question) => void enrolled(server, question).then((answer) => process.send?.(answer)));
process.stdout.write(
  `${JSON.stringify({ ready: true, url: server.url, token: await server.createApiKey("program") })}\n`,
);
await new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  process.once("disconnect", () => resolve());
});
await server.stop();
process.exit(0);
