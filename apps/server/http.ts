import { existsSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import files from "@fastify/static";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { cliAgent } from "@vigil/api/client.ts";
import { openApi } from "@vigil/api/openapi.ts";
import { livePath } from "@vigil/api/live.ts";
import type { Permission, Reply, Request, Route } from "@vigil/api/route.ts";
import { reportOf, VigilError } from "@vigil/base/errors.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Access, Caller } from "./access/access.ts";
import type { Paths } from "./audit/audit.ts";
import { fail } from "./errors.ts";
import { constantAnswer, sendConstant, type ConstantAnswer } from "./http/constant-answer.ts";
import type { LiveFeed } from "./http/live-feed.ts";
import { addRecordings, type ServedRecording } from "./http/recordings.ts";
import { addRevocationLists, type ServedList } from "./http/revocation-lists.ts";
import { addRunbooks } from "./http/runbooks.ts";
import { addSessionSockets, type SessionSocketsOptions } from "./http/session-sockets.ts";
import { statusOf } from "./http/status.ts";

/** What a handler is given: the parsed parts of the request, who asks, and the session cookie. */
export type Handled<R> = Request<R> & {
  readonly caller: Caller;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
  readonly session: SessionCookie;
};

export interface SessionCookie {
  readonly value: string | undefined;
  set(value: string, lifetimeMs: number): void;
  clear(): void;
}

/** A route and what answers it. */
export interface RouteBinding {
  readonly route: Route;
  readonly handle: (request: Handled<Route>) => Promise<unknown>;
}

/** Binds a declared route to a handler; both sides' types come from the declaration. */
export function bind<R extends Route>(route: R, handle: (request: Handled<R>) => Promise<Reply<R>>): RouteBinding {
  // The schema of `route` has checked every part before the handler sees it.
  return { route, handle: handle as RouteBinding["handle"] };
}

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly access: Access;
  readonly paths: Paths;
  readonly live: LiveFeed;
  readonly bindings: readonly RouteBinding[];
  readonly log: Log;
  readonly version: string;
  /** The revocation list of an authority; undefined when there is no such authority. */
  readonly revocationList: (authority: string) => Promise<ServedList | undefined>;
  /** The file of a session's recording. */
  readonly recording: (actor: string, id: string) => Promise<ServedRecording>;
  /** Serves the web socket of a session. */
  readonly session: SessionSocketsOptions["serve"];
}

export interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

const maxBodyBytes = 1024 * 1024;
const cookieName = "vigil_session";
const consoleFolder = join(import.meta.dirname, "../console/dist");
/** Attempts a minute from one address to sign in, and to be anybody. */
const signInsPerMinute = 10;
const nobody: Caller = { actor: "nobody", login: "", role: "owner", permissions: ["public"] };

/** Serves the API, the live feed and the console. @throws server.port.in-use (caller) */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const app = fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: 60_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
    // TypeBox unions of literals need no coercion; numbers and booleans of the query do.
    ajv: { customOptions: { removeAdditional: false, allErrors: false } },
  });
  await app.register(helmet, { contentSecurityPolicy: contentPolicy, strictTransportSecurity: false });
  await app.register(rateLimit, { global: false, errorResponseBuilder: () => fail("api.request.too-many") });
  app.setErrorHandler((error, request, reply) => answerError(options.log, error, request, reply));
  app.addHook("onRequest", async (request) => refuseForeign(request));
  // Each route says how many; JSON's routes find no fields in them.
  app.addContentTypeParser("application/octet-stream", { parseAs: "buffer" }, (_request, bytes, done) => {
    done(null, bytes);
  });
  for (const one of options.bindings) addRoute(app, options, one);
  addLive(app, options);
  app.get("/api/openapi.json", () => openApi(options.version));
  addRunbooks(app);
  addRevocationLists(app, options.revocationList);
  addRecordings(app, {
    actorOf: async (request) => (await callerOf(request, options.access, "session.manage")).actor,
    file: options.recording,
  });
  addSessionSockets(app.server, {
    refuseForeign,
    loginOf: async (request) => (await whoAsks(request, options.access))?.login,
    serve: options.session,
    onError: (error) => options.log.error("a session's socket failed", { error }),
  });
  await addConsole(app);
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (cause) {
    await app.close();
    throw fail("server.port.in-use", { details: { host: options.host, port: options.port }, cause });
  }
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  return { url: `http://${hostInUrl(options.host)}:${port}`, close: () => app.close() };
}

const contentPolicy = {
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    // The console's component library sets sizes and colours by style attributes.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
    frameAncestors: ["'none'"],
    upgradeInsecureRequests: null,
  },
};

function addRoute(app: FastifyInstance, options: HttpOptions, { route, handle }: RouteBinding): void {
  const { method, path, params, query, permission, bodyBytes, takesBytes } = route;
  const body = takesBytes === true ? undefined : route.body;
  let constant: ConstantAnswer | undefined;
  app.route({
    method,
    url: `/api${path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
    schema: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { querystring: query }),
      ...(body === undefined ? {} : { body }),
    },
    ...(bodyBytes === undefined ? {} : { bodyLimit: bodyBytes }),
    ...(path === "/session" && method === "POST"
      ? { config: { rateLimit: { max: signInsPerMinute, timeWindow: "1 minute" } } }
      : {}),
    preValidation: async (request) => {
      request.caller = await callerOf(request, options.access, permission);
    },
    handler: async (request, reply) => {
      if (takesBytes === true && !(request.body instanceof Uint8Array)) {
        throw fail("api.request.invalid", { message: "The route takes bytes: application/octet-stream" });
      }
      const handled = {
        params: request.params,
        query: request.query,
        body: request.body,
        caller: request.caller ?? nobody,
        signal: goneSignal(reply),
        session: sessionOf(request, reply),
        // The schemas above are what the route's types are made of.
      } as Handled<Route>;
      const answer = await options.paths.run(pathOf(request), () => handle(handled));
      if (route.isConstant === true) return sendConstant(request, reply, (constant ??= constantAnswer(answer)));
      return reply.status(route.status ?? 200).send(answer ?? undefined);
    },
  });
}

function addLive(app: FastifyInstance, options: HttpOptions): void {
  app.get(livePath, {
    preValidation: async (request) => {
      request.caller = await callerOf(request, options.access, "device.read");
    },
    handler: (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
      options.live.join(reply.raw);
    },
  });
}

async function addConsole(app: FastifyInstance): Promise<void> {
  const isBuilt = existsSync(join(consoleFolder, "index.html"));
  if (isBuilt) {
    await app.register(files, { root: consoleFolder, wildcard: false, setHeaders: cacheFor, globIgnore: ["**/*.map"] });
  }
  app.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith("/api/") || request.method !== "GET") throw fail("api.route.unknown");
    if (isBuilt) return reply.header("cache-control", "no-cache").sendFile("index.html");
    return reply.type("text/plain").send("The console is not built. Run: npm run build\n");
  });
}

/** Files with a hash in their name never change. */
function cacheFor(reply: FastifyReply, path: string): void {
  const isHashed = /\/assets\//.test(path);
  reply.header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
}

/** Browsers have a session; the command line has a key like any script, and says who it is. */
function pathOf({ headers }: FastifyRequest): "console" | "cli" | "api" {
  if (headers.authorization === undefined) return "console";
  return headers["user-agent"]?.startsWith(cliAgent) === true ? "cli" : "api";
}

/** @throws access.not-signed-in, access.forbidden (caller) */
async function callerOf(request: FastifyRequest, access: Access, permission: Permission): Promise<Caller> {
  if (permission === "public") return nobody;
  const caller = await whoAsks(request, access);
  if (caller === undefined) throw fail("access.not-signed-in");
  if (!caller.permissions.includes(permission)) throw fail("access.forbidden", { details: { permission } });
  return caller;
}

/** By key or cookie; undefined when neither is there and good. */
async function whoAsks({ headers }: Pick<IncomingMessage, "headers">, access: Access): Promise<Caller | undefined> {
  const bearer = /^Bearer (\S{1,200})$/.exec(headers.authorization ?? "")?.[1];
  if (bearer !== undefined) return access.callerWithKey(bearer);
  const session = cookieOf(headers);
  return session === undefined ? undefined : access.callerWithSession(session);
}

/**
 * A page of another origin must not use the visitor's session, nor reach a loopback server by a name of its own.
 * Browsers send Origin with every request that changes something.
 */
function refuseForeign(request: Pick<IncomingMessage, "headers" | "socket">): void {
  const { origin, host } = request.headers;
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)) {
    throw fail("api.origin.refused", { details: { origin } });
  }
  const name = (host ?? "").replace(/:\d+$/, "");
  const isLoopback = request.socket.localAddress?.startsWith("127.") === true || request.socket.localAddress === "::1";
  if (isLoopback && !/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(name)) {
    throw fail("api.origin.refused", { details: { host: name } });
  }
}

function sessionOf(request: FastifyRequest, reply: FastifyReply): SessionCookie {
  const attributes = "Path=/; HttpOnly; SameSite=Strict";
  return {
    value: cookieOf(request.headers),
    set: (value, lifetimeMs) =>
      void reply.header(
        "set-cookie",
        `${cookieName}=${value}; ${attributes}; Max-Age=${Math.trunc(lifetimeMs / 1000)}`,
      ),
    clear: () => void reply.header("set-cookie", `${cookieName}=; ${attributes}; Max-Age=0`),
  };
}

function cookieOf({ cookie = "" }: IncomingMessage["headers"]): string | undefined {
  return new RegExp(`(?:^|; )${cookieName}=([A-Za-z0-9_-]{1,200})`).exec(cookie)?.[1];
}

/** A request that has been read whole does not say that its connection has ended; the answer that waits to be sent does. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once("close", () => {
    if (!raw.writableFinished) gone.abort(fail("api.caller.gone"));
  });
  return gone.signal;
}

function answerError(log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = knownError(error);
  const report = reportOf(known);
  const status = statusOf(report);
  if (status >= 500 && report.side === "ours") {
    log.error("a request failed", { method: request.method, route: request.routeOptions.url, error });
  }
  void reply.status(status).send({ error: report });
}

/** Fastify's own refusals in our words. */
function knownError(error: unknown): unknown {
  if (error instanceof VigilError || !(error instanceof Error)) return error;
  if ("validation" in error && Array.isArray(error.validation)) {
    return fail("api.request.invalid", { message: `The request does not fit the route: ${error.message}` });
  }
  if (!("statusCode" in error) || typeof error.statusCode !== "number" || error.statusCode >= 500) return error;
  if (error.statusCode === 429) return fail("api.request.too-many");
  return fail("api.request.invalid", { message: `The request does not fit the route: ${error.message}` });
}

function hostInUrl(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

declare module "fastify" {
  interface FastifyRequest {
    caller?: Caller;
  }
}
